//! Whole regions: copies, and searches along an axis.

use super::{Buf, Element, Ptr, Scalar, races};
use crate::Error;
use ndarray::{Array, Dimension, IntoDimension};

/// A row-major copy of a strided array, to be returned.
///
/// # Safety
/// The strides are those of an array of this shape at the base.
pub unsafe fn copy_out<T: Element, D: Dimension, const N: usize>(
    name: &'static str,
    base: Ptr<T>,
    shape: &[i64; N],
    strides: &[i64; N],
    dim: impl IntoDimension<Dim = D>,
) -> Result<Array<T, D>, Error> {
    let mut buf = Buf::new();
    let to = buf.resize(name, shape)?;
    let mut at = 0;
    each(shape, |index| {
        let from: i64 = index.iter().zip(strides).map(|(i, s)| i * s).sum();
        // SAFETY: the index lies in the shape, so both offsets lie in their arrays.
        unsafe { to.set(at, base.get(from)) };
        at += 1;
    });
    buf.into_array(name, shape, dim)
}

/// Calls with every index of a shape, in row-major order.
fn each<const N: usize>(shape: &[i64; N], mut f: impl FnMut(&[i64; N])) {
    if shape.iter().any(|n| *n <= 0) {
        return;
    }
    let mut index = [0i64; N];
    loop {
        f(&index);
        let mut dim = N;
        loop {
            if dim == 0 {
                return;
            }
            dim -= 1;
            index[dim] += 1;
            if index[dim] < shape[dim] {
                break;
            }
            index[dim] = 0;
        }
    }
}

/// Copies a row-major matrix into a strided one, or adds it.
///
/// # Safety
/// The addresses are those of matrices of this shape.
pub unsafe fn copy_matrix<T: Scalar + Addable, const ADD: bool>(
    to: *mut T,
    shape: [i64; 2],
    strides: [i64; 2],
    from: *const T,
) {
    let sizes = shape.map(|n| usize::try_from(n).unwrap_or(0));
    races::matrix(to, sizes, [strides[0] as isize, strides[1] as isize], true);
    for i in 0..shape[0] {
        for j in 0..shape[1] {
            // SAFETY: the index lies in the shape.
            unsafe {
                let at = to.offset((i * strides[0] + j * strides[1]) as isize);
                let value = *from.offset((i * shape[1] + j) as isize);
                *at = if ADD { (*at).plus(value) } else { value };
            }
        }
    }
}

/// Addition as NumPy's: integers wrap, of `bool` it is the logical or.
pub trait Addable {
    fn plus(self, b: Self) -> Self;
}
macro_rules! addable {
    ($($t:ty => |$a:ident, $b:ident| $sum:expr;)*) => { $(
        impl Addable for $t {
            #[inline(always)]
            fn plus(self, $b: Self) -> Self {
                let $a = self;
                $sum
            }
        }
    )* };
}
addable! {
    bool => |a, b| a | b;
    i8 => |a, b| a.wrapping_add(b);
    i16 => |a, b| a.wrapping_add(b);
    i32 => |a, b| a.wrapping_add(b);
    i64 => |a, b| a.wrapping_add(b);
    u8 => |a, b| a.wrapping_add(b);
    u16 => |a, b| a.wrapping_add(b);
    u32 => |a, b| a.wrapping_add(b);
    u64 => |a, b| a.wrapping_add(b);
    f32 => |a, b| a + b;
    f64 => |a, b| a + b;
    num_complex::Complex<f32> => |a, b| a + b;
    num_complex::Complex<f64> => |a, b| a + b;
}

/// NumPy's `argmin` and `argmax` over one axis, or over all elements in row-major order; the first occurrence, NaN wins.
///
/// # Safety
/// The addresses are those of arrays of these shapes and strides; the output has the input's shape without the axis.
pub unsafe fn arg_reduce<T: Scalar + PartialEq, const MAX: bool, const N: usize>(
    to: *mut i64,
    to_strides: &[i64],
    from: *const T,
    shape: &[i64; N],
    strides: &[i64; N],
    axis: Option<usize>,
    name: &'static str,
) -> Result<(), Error> {
    // `new` takes the place of `old` when the better of both is `new` alone.
    let better = |old: T, new: T| -> bool {
        let best = if MAX { old.max(new) } else { old.min(new) };
        // Of all values only NaN differs from itself.
        #[allow(clippy::eq_op)]
        let is_nan = |x: T| x != x;
        if is_nan(old) {
            return false;
        }
        is_nan(new) || (best == new && best != old)
    };
    // SAFETY: every index below lies in the shape.
    let read = |index: &[i64; N]| unsafe {
        let at: i64 = index.iter().zip(strides).map(|(i, s)| i * s).sum();
        races::read(from.wrapping_offset(at as isize));
        *from.offset(at as isize)
    };
    let empty = Error::Index {
        array: name,
        dimension: axis.unwrap_or(0),
        index: 0,
        size: 0,
    };
    let Some(axis) = axis.filter(|a| *a < shape.len()) else {
        let (mut best, mut best_at, mut at) = (None, 0i64, 0i64);
        each(shape, |index| {
            let value = read(index);
            if best.is_none_or(|b| better(b, value)) {
                (best, best_at) = (Some(value), at);
            }
            at += 1;
        });
        if best.is_none() {
            return Err(empty);
        }
        races::write(to);
        // SAFETY: the output has one element.
        unsafe { *to = best_at };
        return Ok(());
    };
    let mut outer = *shape;
    outer[axis] = 1;
    if shape[axis] <= 0 && outer.iter().all(|n| *n > 0) {
        return Err(empty);
    }
    each(&outer, |index| {
        let mut full = *index;
        let (mut best, mut best_at) = (read(&full), 0);
        for k in 1..shape[axis] {
            full[axis] = k;
            let value = read(&full);
            if better(best, value) {
                (best, best_at) = (value, k);
            }
        }
        let rest = index[..axis].iter().chain(&index[axis + 1..]);
        let at: i64 = rest.zip(to_strides).map(|(i, s)| i * s).sum();
        races::write(to.wrapping_offset(at as isize));
        // SAFETY: the index lies in the output's shape.
        unsafe { *to.offset(at as isize) = best_at };
    });
    Ok(())
}

//! Array arguments: seen through a base pointer and strides, the last of which is 1.
//!
//! An argument with another innermost stride is copied on entry, and back at the end if it is written.

use super::{Buf, Element, Ptr};
use crate::Error;
use ndarray::{ArrayRef, ArrayViewMut, Dimension};

/// Whether elements of the last dimension lie side by side.
fn is_unit<T, D: Dimension>(array: &ArrayRef<T, D>) -> bool {
    match (array.strides().last(), array.shape().last()) {
        (Some(&stride), Some(&n)) => stride == 1 || n <= 1 || array.is_empty(),
        _ => true,
    }
}

/// A row-major copy, and its strides.
fn copy_of<T: Element, D: Dimension>(
    name: &'static str,
    array: &ArrayRef<T, D>,
) -> Result<(Buf<T>, Ptr<T>, Strides), Error> {
    let mut buf = Buf::new();
    let base = buf.resize(name, &[array.len() as i64])?;
    // SAFETY: the buffer holds as many elements as the array, and outlives the view.
    let mut view = unsafe { ArrayViewMut::from_shape_ptr(array.raw_dim(), base.at(0)) };
    view.assign(array);
    let strides = Strides::of(view.strides());
    Ok((buf, base, strides))
}

/// Strides in elements.
struct Strides([i64; MAX_RANK]);
const MAX_RANK: usize = 16;

impl Strides {
    fn of(strides: &[isize]) -> Self {
        let mut all = [0; MAX_RANK];
        for (to, from) in all.iter_mut().zip(strides) {
            *to = *from as i64;
        }
        Self(all)
    }
}

/// An array argument that is read.
pub struct Input<T> {
    base: Ptr<T>,
    strides: Strides,
    _copy: Option<Buf<T>>,
}

impl<T: Element> Input<T> {
    /// The array has to live as long as the pointer is used.
    #[inline]
    pub fn new<D: Dimension>(name: &'static str, array: &ArrayRef<T, D>) -> Result<Self, Error> {
        if is_unit(array) {
            let base = Ptr::new(array.as_ptr().cast_mut());
            return Ok(Self {
                base,
                strides: Strides::of(array.strides()),
                _copy: None,
            });
        }
        let (buf, base, strides) = copy_of(name, array)?;
        Ok(Self {
            base,
            strides,
            _copy: Some(buf),
        })
    }
    #[inline]
    pub fn ptr(&self) -> Ptr<T> {
        self.base
    }
    #[inline]
    pub fn stride(&self, dim: usize) -> i64 {
        self.strides.0.get(dim).copied().unwrap_or(0)
    }
}

/// An array argument that is written.
pub struct InOut<'a, T, D> {
    array: &'a mut ArrayRef<T, D>,
    base: Ptr<T>,
    strides: Strides,
    copy: Option<Buf<T>>,
}

impl<'a, T: Element, D: Dimension> InOut<'a, T, D> {
    #[inline]
    pub fn new(name: &'static str, array: &'a mut ArrayRef<T, D>) -> Result<Self, Error> {
        if is_unit(array) {
            let base = Ptr::new(array.as_mut_ptr());
            let strides = Strides::of(array.strides());
            return Ok(Self {
                array,
                base,
                strides,
                copy: None,
            });
        }
        let (buf, base, strides) = copy_of(name, array)?;
        Ok(Self {
            array,
            base,
            strides,
            copy: Some(buf),
        })
    }
    #[inline]
    pub fn ptr(&self) -> Ptr<T> {
        self.base
    }
    #[inline]
    pub fn stride(&self, dim: usize) -> i64 {
        self.strides.0.get(dim).copied().unwrap_or(0)
    }
    /// Brings what was written back into the caller's array.
    #[inline]
    pub fn finish(self) {
        if self.copy.is_some() {
            // SAFETY: the copy holds as many elements as the array and lives until the end of this function.
            let view = unsafe {
                ndarray::ArrayView::from_shape_ptr(
                    self.array.raw_dim(),
                    self.base.at(0).cast_const(),
                )
            };
            self.array.assign(&view);
        }
    }
}

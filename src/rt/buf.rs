//! Memory of temporary and returned arrays.

use super::{Ptr, races, spare};
use crate::Error;
use ndarray::{Array, Dimension, IntoDimension, ShapeBuilder};
use num_complex::Complex;
use std::alloc::{Layout, alloc_zeroed};

/// Types of array elements.
///
/// # Safety
/// All bytes zero is a value of the type, and if `ANY_BYTES`, so are all others. It has no padding.
pub unsafe trait Element: Copy + Send + Sync + 'static {
    const ZERO: Self;
    /// Memory that held elements of another type holds values of this one.
    const ANY_BYTES: bool;
}

macro_rules! elements {
    ($($t:ty = $zero:expr),*) => { $(
        // SAFETY: numbers, of which all bytes are values.
        unsafe impl Element for $t {
            const ZERO: Self = $zero;
            const ANY_BYTES: bool = true;
        }
    )* };
}
// SAFETY: zero is false. Of the other bytes one is a value.
unsafe impl Element for bool {
    const ZERO: Self = false;
    const ANY_BYTES: bool = false;
}
elements!(
    i8 = 0,
    i16 = 0,
    i32 = 0,
    i64 = 0,
    u8 = 0,
    u16 = 0,
    u32 = 0,
    u64 = 0,
    f32 = 0.0,
    f64 = 0.0
);
elements!(Complex<f32> = Complex::new(0.0, 0.0), Complex<f64> = Complex::new(0.0, 0.0));

/// What debug builds write where the compiler has shown that nothing is read before it is written. The oracle knows it.
const SPOILT: u8 = 0xa5;

/// An array's memory, always initialised, that grows but never shrinks.
#[derive(Debug)]
pub struct Buf<T>(Vec<T>);

impl<T> Drop for Buf<T> {
    #[inline]
    fn drop(&mut self) {
        if self.0.capacity() > 0 {
            spare::keep(std::mem::take(&mut self.0));
        }
    }
}

impl<T: Element> Buf<T> {
    #[inline]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where the memory begins.
    pub(super) fn base(&mut self) -> Ptr<T> {
        Ptr::new(self.0.as_mut_ptr())
    }

    /// Both arrays of so many elements combined, in the memory of this one.
    ///
    /// # Safety
    /// Both have as many, all written.
    pub(super) unsafe fn combine(
        mut self,
        later: &Self,
        elements: usize,
        combine: impl Fn(T, T) -> T,
    ) -> Self {
        let (to, from) = (self.0.as_mut_ptr(), later.0.as_ptr());
        for at in 0..elements {
            // SAFETY: the caller's.
            unsafe { *to.add(at) = combine(*to.add(at), *from.add(at)) };
        }
        self
    }

    /// Makes room for an array of this shape. What it then holds is not specified.
    #[inline]
    pub fn resize(&mut self, name: &'static str, shape: &[i64]) -> Result<Ptr<T>, Error> {
        let elements = elements(name, shape)?;
        if elements > self.0.len() {
            self.grow(name, elements)?;
            races::made(self.0.as_ptr(), self.0.capacity());
        }
        Ok(Ptr::new(self.0.as_mut_ptr()))
    }

    /// As [`Buf::resize`], for an array whose elements are all written before they are read: its memory need not be cleared,
    /// unless what other types have left there would be no values.
    #[inline]
    pub fn resize_unread(&mut self, name: &'static str, shape: &[i64]) -> Result<Ptr<T>, Error> {
        if !T::ANY_BYTES {
            return self.resize(name, shape);
        }
        let elements = elements(name, shape)?;
        if elements > self.0.capacity() {
            self.grow_unread(name, elements)?;
            races::made(self.0.as_ptr(), self.0.capacity());
        }
        // What is read all the same is told by it. Miri tells by itself.
        if cfg!(all(debug_assertions, not(miri))) {
            // SAFETY: within the capacity, and any bytes are a value.
            unsafe { self.0.as_mut_ptr().write_bytes(SPOILT, elements) };
        }
        Ok(Ptr::new(self.0.as_mut_ptr()))
    }

    #[cold]
    fn grow_unread(&mut self, name: &'static str, elements: usize) -> Result<(), Error> {
        if let Some((memory, _)) = spare::take(elements) {
            spare::keep(std::mem::replace(&mut self.0, memory));
            return Ok(());
        }
        spare::keep(std::mem::take(&mut self.0));
        let bytes = elements.saturating_mul(size_of::<T>());
        self.0
            .try_reserve_exact(elements)
            .map_err(|_| Error::Memory { array: name, bytes })?;
        advise_huge_pages(self.0.as_mut_ptr().cast(), bytes);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, name: &'static str, elements: usize) -> Result<(), Error> {
        if let Some((mut memory, initialised)) = spare::take::<T>(elements) {
            // SAFETY: all bytes zero is a value; the capacity is the number of elements, and after this all are initialised.
            unsafe {
                if !initialised || !T::ANY_BYTES {
                    memory.as_mut_ptr().write_bytes(0, elements);
                }
                memory.set_len(elements);
            }
            spare::keep(std::mem::replace(&mut self.0, memory));
            return Ok(());
        }
        spare::keep(std::mem::take(&mut self.0));
        let none = || Error::Memory {
            array: name,
            bytes: elements.saturating_mul(size_of::<T>()),
        };
        let layout = Layout::array::<T>(elements).map_err(|_| none())?;
        // SAFETY: the layout is not empty: there are more elements than there were, and no element type is empty.
        let base = unsafe { alloc_zeroed(layout) }.cast::<T>();
        if base.is_null() {
            return Err(none());
        }
        advise_huge_pages(base.cast(), layout.size());
        // SAFETY: allocated by the global allocator with the layout of a vector of this capacity; all bytes zero is a value.
        #[allow(clippy::same_length_and_capacity)]
        let filled = unsafe { Vec::from_raw_parts(base, elements, elements) };
        self.0 = filled;
        Ok(())
    }

    /// The array of this shape, for which [`Buf::resize_unread`] has made room.
    ///
    /// # Safety
    /// All its elements have been written.
    pub unsafe fn into_written_array<D: Dimension>(
        mut self,
        name: &'static str,
        shape: &[i64],
        dim: impl IntoDimension<Dim = D>,
    ) -> Result<Array<T, D>, Error> {
        let elements = elements(name, shape)?;
        if elements > self.0.capacity() {
            return Err(Error::Size { array: name });
        }
        // SAFETY: within the capacity, and written, as the caller promises.
        unsafe { self.0.set_len(elements) };
        let memory = std::mem::take(&mut self.0);
        Array::from_shape_vec(dim.into_dimension().into_shape_with_order(), memory)
            .map_err(|_| Error::Size { array: name })
    }

    /// The array of this shape (for which the buffer has been resized) that the buffer holds.
    pub fn into_array<D: Dimension>(
        mut self,
        name: &'static str,
        shape: &[i64],
        dim: impl IntoDimension<Dim = D>,
    ) -> Result<Array<T, D>, Error> {
        let elements = elements(name, shape)?;
        if elements > self.0.len() {
            self.grow(name, elements)?;
        }
        self.0.truncate(elements);
        let memory = std::mem::take(&mut self.0);
        Array::from_shape_vec(dim.into_dimension().into_shape_with_order(), memory)
            .map_err(|_| Error::Size { array: name })
    }
}

/// Whether so much memory can be had, now and by this thread. For what allocates where it cannot say that it failed.
pub(super) fn has_room(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// Asks for huge pages under a large allocation that has not been touched yet: a page fault for each 4 KiB costs more than many loops over the array.
#[cfg(target_os = "linux")]
fn advise_huge_pages(base: *mut u8, bytes: usize) {
    const PAGE: usize = 4096;
    const LARGE: usize = 4 << 20;
    if bytes < LARGE {
        return;
    }
    let skip = base.align_offset(PAGE);
    if skip < bytes {
        // SAFETY: the range lies in the allocation; the advice changes no contents, and a refusal is harmless.
        unsafe {
            libc::madvise(
                base.add(skip).cast(),
                (bytes - skip) & !(PAGE - 1),
                libc::MADV_HUGEPAGE,
            )
        };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_huge_pages(_base: *mut u8, _bytes: usize) {}

impl<T: Element> Default for Buf<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of elements of an array of this shape.
#[inline]
pub(super) fn elements(name: &'static str, shape: &[i64]) -> Result<usize, Error> {
    let mut total = 1usize;
    let mut fits = true;
    for &n in shape {
        fits &= n >= 0;
        match total.checked_mul(n as usize) {
            Some(t) => total = t,
            // A later dimension may be zero, but then nobody needs the array.
            None => fits = false,
        }
    }
    if fits && isize::try_from(total).is_ok() {
        Ok(total)
    } else {
        Err(Error::Size { array: name })
    }
}

//! Memory of temporary and returned arrays.

use super::{Ptr, races, spare};
use crate::Error;
use ndarray::{Array, Dimension, IntoDimension, ShapeBuilder};
use num_complex::Complex;
use std::alloc::{Layout, alloc_zeroed};

/// Types of array elements.
///
/// # Safety
/// All bytes zero is a value of the type.
pub unsafe trait Element: Copy + Send + Sync + 'static {
    const ZERO: Self;
}

macro_rules! elements {
    ($($t:ty = $zero:expr),*) => { $(
        // SAFETY: all bytes zero is a value of each of these types.
        unsafe impl Element for $t { const ZERO: Self = $zero; }
    )* };
}
elements!(
    bool = false,
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

    /// Makes room for an array of this shape. What it then holds is not specified.
    #[inline]
    pub fn resize(&mut self, name: &'static str, shape: &[i64]) -> Result<Ptr<T>, Error> {
        let elements = elements(name, shape)?;
        if elements > self.0.len() {
            self.grow(elements)?;
            races::made(self.0.as_ptr(), self.0.capacity());
        }
        Ok(Ptr::new(self.0.as_mut_ptr()))
    }

    /// As [`Buf::resize`], for an array whose elements are all written before they are read: its memory need not be cleared.
    #[inline]
    pub fn resize_unread(&mut self, name: &'static str, shape: &[i64]) -> Result<Ptr<T>, Error> {
        let elements = elements(name, shape)?;
        if elements > self.0.capacity() {
            self.grow_unread(elements)?;
            races::made(self.0.as_ptr(), self.0.capacity());
        }
        Ok(Ptr::new(self.0.as_mut_ptr()))
    }

    #[cold]
    fn grow_unread(&mut self, elements: usize) -> Result<(), Error> {
        if let Some((memory, _)) = spare::take(elements) {
            spare::keep(std::mem::replace(&mut self.0, memory));
            return Ok(());
        }
        spare::keep(std::mem::take(&mut self.0));
        let bytes = elements.saturating_mul(size_of::<T>());
        self.0
            .try_reserve_exact(elements)
            .map_err(|_| Error::Memory { bytes })?;
        advise_huge_pages(self.0.as_mut_ptr().cast(), bytes);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, elements: usize) -> Result<(), Error> {
        if let Some((mut memory, initialised)) = spare::take::<T>(elements) {
            // SAFETY: all bytes zero is a value; the capacity is the number of elements, and after this all are initialised.
            unsafe {
                if !initialised {
                    memory.as_mut_ptr().write_bytes(0, elements);
                }
                memory.set_len(elements);
            }
            spare::keep(std::mem::replace(&mut self.0, memory));
            return Ok(());
        }
        spare::keep(std::mem::take(&mut self.0));
        let layout =
            Layout::array::<T>(elements).map_err(|_| Error::Memory { bytes: usize::MAX })?;
        // SAFETY: the layout is not empty: there are more elements than there were, and no element type is empty.
        let base = unsafe { alloc_zeroed(layout) }.cast::<T>();
        if base.is_null() {
            return Err(Error::Memory {
                bytes: layout.size(),
            });
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
            self.grow(elements)?;
        }
        self.0.truncate(elements);
        let memory = std::mem::take(&mut self.0);
        Array::from_shape_vec(dim.into_dimension().into_shape_with_order(), memory)
            .map_err(|_| Error::Size { array: name })
    }
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
fn elements(name: &'static str, shape: &[i64]) -> Result<usize, Error> {
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

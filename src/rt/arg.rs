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

/// A row-major copy.
fn copy_of<T: Element, D: Dimension>(
    name: &'static str,
    array: &ArrayRef<T, D>,
) -> Result<(Buf<T>, Ptr<T>), Error> {
    let mut buf = Buf::new();
    let elements = i64::try_from(array.len()).map_err(|_| Error::Size { array: name })?;
    let base = buf.resize(name, &[elements])?;
    // SAFETY: the buffer holds as many elements as the array, and outlives the view.
    let mut view = unsafe { ArrayViewMut::from_shape_ptr(array.raw_dim(), base.at(0)) };
    view.assign(array);
    Ok((buf, base))
}

/// The stride of a dimension, in elements: the array's own, or that of its copy.
fn stride<T, D: Dimension>(array: &ArrayRef<T, D>, dim: usize, copied: bool) -> i64 {
    if copied {
        // Of an array with elements: others are not copied. So this is less than their number.
        array.shape()[dim + 1..].iter().product::<usize>() as i64
    } else {
        array.strides()[dim] as i64
    }
}

/// An array argument that is read.
pub struct Input<'a, T, D> {
    array: &'a ArrayRef<T, D>,
    base: Ptr<T>,
    copy: Option<Buf<T>>,
}

impl<'a, T: Element, D: Dimension> Input<'a, T, D> {
    #[inline]
    pub fn new(name: &'static str, array: &'a ArrayRef<T, D>) -> Result<Self, Error> {
        if is_unit(array) {
            let base = Ptr::new(array.as_ptr().cast_mut());
            return Ok(Self {
                array,
                base,
                copy: None,
            });
        }
        let (buf, base) = copy_of(name, array)?;
        Ok(Self {
            array,
            base,
            copy: Some(buf),
        })
    }
    #[inline]
    pub fn ptr(&self) -> Ptr<T> {
        self.base
    }
    #[inline]
    pub fn stride(&self, dim: usize) -> i64 {
        stride(self.array, dim, self.copy.is_some())
    }
}

/// An array argument that is written.
pub struct InOut<'a, T, D> {
    array: &'a mut ArrayRef<T, D>,
    base: Ptr<T>,
    copy: Option<Buf<T>>,
}

impl<'a, T: Element, D: Dimension> InOut<'a, T, D> {
    #[inline]
    pub fn new(name: &'static str, array: &'a mut ArrayRef<T, D>) -> Result<Self, Error> {
        if is_unit(array) {
            let base = Ptr::new(array.as_mut_ptr());
            return Ok(Self {
                array,
                base,
                copy: None,
            });
        }
        let (buf, base) = copy_of(name, array)?;
        Ok(Self {
            array,
            base,
            copy: Some(buf),
        })
    }
    #[inline]
    pub fn ptr(&self) -> Ptr<T> {
        self.base
    }
    #[inline]
    pub fn stride(&self, dim: usize) -> i64 {
        stride(self.array, dim, self.copy.is_some())
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

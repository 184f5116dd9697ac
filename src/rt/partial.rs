//! Arrays that the chunks of a parallel loop accumulate into: each chunk has one of its own, and they are combined in the order of the chunks.

use super::{Buf, Element, Ptr, buf};
use crate::Error;

/// One chunk's own copy of an array, contiguous.
#[derive(Debug)]
pub struct Partial<T> {
    memory: Buf<T>,
    elements: usize,
}

impl<T: Element> Partial<T> {
    /// An array of this shape that holds `identity` everywhere.
    pub fn new(name: &'static str, shape: &[i64], identity: T) -> Result<Self, Error> {
        let mut memory = Buf::new();
        let base = memory.resize(name, shape)?;
        let elements = buf::elements(name, shape)?;
        for at in 0..elements {
            // SAFETY: the buffer has this many elements.
            unsafe { base.set(at as i64, identity) };
        }
        Ok(Self { memory, elements })
    }

    pub fn ptr(&mut self) -> Ptr<T> {
        self.memory.base()
    }

    /// The combination with the array of the chunks that follow.
    pub fn merge(self, later: Self, combine: impl Fn(T, T) -> T) -> Self {
        let elements = self.elements.min(later.elements);
        // SAFETY: both have this many elements.
        let memory = unsafe { self.memory.combine(&later.memory, elements, combine) };
        Self { memory, elements }
    }

    /// Combines each element of the array at `to` with this one's.
    ///
    /// # Safety
    /// There is an array of this shape and these strides at `to`, and nobody else accesses it.
    pub unsafe fn put<const N: usize>(
        mut self,
        to: Ptr<T>,
        shape: [i64; N],
        strides: [i64; N],
        combine: impl Fn(T, T) -> T,
    ) {
        let from = self.ptr();
        let row = shape.last().copied().unwrap_or(1);
        let stride = strides.last().copied().unwrap_or(1);
        if self.elements == 0 || row < 1 {
            return;
        }
        let mut index = [0i64; N];
        for first in (0..self.elements as i64).step_by(row as usize) {
            let base: i64 = index.iter().zip(&strides).map(|(i, s)| i * s).sum();
            for k in 0..row {
                // SAFETY: the caller's; the buffer has all elements of the shape.
                unsafe {
                    let at = base + k * stride;
                    to.set(at, combine(to.get(at), from.get(first + k)));
                }
            }
            // The next row.
            for d in (0..N.saturating_sub(1)).rev() {
                index[d] += 1;
                if index[d] < shape[d] {
                    break;
                }
                index[d] = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_rows_where_strides_say() -> Result<(), Error> {
        let mut a = Partial::new("a", &[2, 3], 1i64)?;
        let b = Partial::new("a", &[2, 3], 2i64)?;
        // SAFETY: six elements.
        unsafe { a.ptr().set(4, 10) };
        let sum = a.merge(b, |x, y| x + y);
        let mut target = [0i64; 12];
        // SAFETY: an array of this shape and these strides.
        unsafe { sum.put(Ptr::new(target.as_mut_ptr()), [2, 3], [6, 2], |x, y| x + y) };
        assert_eq!(target, [3, 0, 3, 0, 3, 0, 3, 0, 12, 0, 3, 0]);
        Ok(())
    }

    #[test]
    fn an_empty_array_is_left_alone() -> Result<(), Error> {
        for shape in [[0, 3], [2, 0]] {
            let a = Partial::new("a", &shape, 1.0)?;
            // SAFETY: no element is accessed.
            unsafe { a.put(Ptr::dangling(), shape, [3, 1], |x, y: f64| x + y) };
        }
        Ok(())
    }
}

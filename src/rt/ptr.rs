//! The pointer through which generated code reaches elements.

use super::races;
use std::mem::MaybeUninit;

/// An element of a row that is written; it may not hold a value yet.
pub type Slot<T> = MaybeUninit<T>;

/// Base address of an array. Copied freely, also into parallel loops: the compiler has shown that plain writes of
/// different iterations do not touch one element.
#[derive(Debug)]
pub struct Ptr<T>(*mut T);

impl<T> Clone for Ptr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ptr<T> {}

// SAFETY: a pointer to elements that may be sent; whoever dereferences it answers for the absence of races.
unsafe impl<T: Send> Send for Ptr<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Ptr<T> {}

impl<T: Copy> Ptr<T> {
    #[inline(always)]
    pub const fn new(base: *mut T) -> Self {
        Self(base)
    }
    /// The address of no element.
    #[inline(always)]
    pub const fn dangling() -> Self {
        Self(std::ptr::dangling_mut())
    }
    /// The element at an offset counted in elements.
    ///
    /// # Safety
    /// The offset is that of an element of the array, and no other thread writes it.
    #[inline(always)]
    pub unsafe fn get(self, at: i64) -> T {
        races::read(self.at(at));
        // SAFETY: the caller's.
        unsafe { *self.0.offset(at as isize) }
    }
    /// Writes the element at an offset.
    ///
    /// # Safety
    /// As [`Ptr::get`], and no other thread reads it.
    #[inline(always)]
    pub unsafe fn set(self, at: i64, value: T) {
        races::write(self.at(at));
        // SAFETY: the caller's.
        unsafe { *self.0.offset(at as isize) = value }
    }
    /// The address of an element, or of any place for an empty region.
    #[inline(always)]
    pub fn at(self, at: i64) -> *mut T {
        self.0.wrapping_offset(at as isize)
    }
    /// So many elements next to each other, the first at an offset; none if there are less than one.
    ///
    /// # Safety
    /// They are elements of the array, and for as long as the row is in use they are accessed through it alone.
    #[inline(always)]
    pub unsafe fn row<'a>(self, at: i64, count: i64) -> &'a mut [Slot<T>] {
        if count <= 0 {
            return &mut [];
        }
        races::claim(self.at(at), count as usize);
        // SAFETY: the caller's. A slot promises no value.
        unsafe { std::slice::from_raw_parts_mut(self.at(at).cast(), count as usize) }
    }
    /// The array again, of which a row begins at an offset: only the row's elements may be accessed through it.
    #[inline(always)]
    pub fn of_row(row: &mut [Slot<T>], at: i64) -> Self {
        Self(
            row.as_mut_ptr()
                .cast::<T>()
                .wrapping_offset((at as isize).wrapping_neg()),
        )
    }
}

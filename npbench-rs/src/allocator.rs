//! Memory as NumPy takes it: with huge pages under large arrays. Inputs of all frameworks then lie in memory of one kind.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, which asks for huge pages under large blocks before they are touched.
#[derive(Debug)]
pub struct HugePages;

/// Blocks from which on NumPy asks for huge pages.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 << 20;

#[cfg(target_os = "linux")]
fn advise(base: *mut u8, bytes: usize) {
    const PAGE: usize = 4096;
    if bytes < LARGE || base.is_null() {
        return;
    }
    let skip = base.align_offset(PAGE);
    if skip < bytes {
        // SAFETY: the range lies in the block; the advice changes no contents, and a refusal is harmless.
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
fn advise(_base: *mut u8, _bytes: usize) {}

// SAFETY: all blocks are the system allocator's.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        let base = unsafe { System.alloc(layout) };
        advise(base, layout.size());
        base
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        let base = unsafe { System.alloc_zeroed(layout) };
        advise(base, layout.size());
        base
    }
    unsafe fn dealloc(&self, base: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(base, layout) };
    }
    unsafe fn realloc(&self, base: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's.
        let base = unsafe { System.realloc(base, layout, size) };
        advise(base, size);
        base
    }
}

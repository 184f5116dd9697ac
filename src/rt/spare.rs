//! Memory that temporaries of earlier calls have left.
//!
//! What is allocated anew costs a page fault for each 4 KiB when it is first written, and of some megabytes those take longer than a loop over the
//! array. A program that is called again wants the same sizes again, so each thread keeps a few blocks for that.

use super::Element;
use std::alloc::{Layout, dealloc};
use std::cell::RefCell;
use std::mem::ManuallyDrop;

/// Smaller blocks the allocator keeps itself.
const LEAST: usize = 128 << 10;
/// What a thread may keep, in bytes and in blocks.
const MOST: usize = 64 << 20;
const BLOCKS: usize = 16;

struct Block {
    base: *mut u8,
    layout: Layout,
    /// All bytes have been written once.
    initialised: bool,
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is the allocation of a vector, with its layout, and nobody else's any more.
        unsafe { dealloc(self.base, self.layout) };
    }
}

thread_local! {
    /// The oldest first.
    static SPARE: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a vector's memory for the next one of its size. A vector that is not empty has been written to its capacity.
pub(super) fn keep<T>(memory: Vec<T>) {
    // Elements are numbers: no block keeps what had to be dropped.
    const { assert!(!std::mem::needs_drop::<T>()) };
    let Ok(layout) = Layout::array::<T>(memory.capacity()) else {
        return;
    };
    if !(LEAST..=MOST).contains(&layout.size()) {
        return;
    }
    let mut memory = ManuallyDrop::new(memory);
    let block = Block {
        base: memory.as_mut_ptr().cast(),
        layout,
        initialised: memory.len() == memory.capacity(),
    };
    // At a thread's end nothing is kept any more: the block goes.
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        spare.push(block);
        let mut total: usize = spare.iter().map(|b| b.layout.size()).sum();
        let mut many = 0;
        while total > MOST || spare.len() - many > BLOCKS {
            total -= spare[many].layout.size();
            many += 1;
        }
        spare.drain(..many);
    });
}

/// An empty vector of exactly this capacity, if one was kept, and whether its memory has been written.
pub(super) fn take<T: Element>(elements: usize) -> Option<(Vec<T>, bool)> {
    let layout = Layout::array::<T>(elements).ok()?;
    if layout.size() < LEAST {
        return None;
    }
    let block = SPARE
        .try_with(|spare| {
            let mut spare = spare.borrow_mut();
            let at = spare.iter().rposition(|b| b.layout == layout)?;
            Some(spare.remove(at))
        })
        .ok()??;
    let block = ManuallyDrop::new(block);
    // SAFETY: allocated by the global allocator with the layout of a vector of this type and capacity.
    let memory = unsafe { Vec::from_raw_parts(block.base.cast(), 0, elements) };
    Some((memory, block.initialised))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_to_the_same_layout() {
        let n = LEAST / 8;
        let vector = vec![1.5f64; n];
        let base = vector.as_ptr();
        keep(vector);
        assert!(take::<f32>(2 * n).is_none(), "another alignment");
        assert!(take::<f64>(n - 1).is_none() && take::<f64>(n + 1).is_none());
        let (again, initialised) = take::<f64>(n).expect("the block");
        assert!(initialised && again.is_empty() && again.capacity() == n);
        assert_eq!(again.as_ptr(), base);
        assert!(take::<f64>(n).is_none(), "given once");
        // What was not written is told so.
        keep(again);
        assert!(!take::<f64>(n).expect("the block").1);
    }

    #[test]
    fn little_is_kept() {
        keep(vec![0u8; LEAST - 1]);
        keep(vec![0u8; MOST + 1]);
        assert!(take::<u8>(LEAST - 1).is_none() && take::<u8>(MOST + 1).is_none());
        for k in 0..5 {
            keep(vec![0u8; MOST / 4 + k]);
        }
        assert!(take::<u8>(MOST / 4).is_none(), "the oldest goes");
        assert!(take::<u8>(MOST / 4 + 4).is_some());
        for _ in 0..=BLOCKS {
            keep(vec![0u32; LEAST]);
        }
        let kept = std::iter::from_fn(|| take::<u32>(LEAST)).count();
        assert_eq!(kept, BLOCKS);
    }
}

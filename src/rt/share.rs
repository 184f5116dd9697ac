//! Chunks of work shared between the calling thread and the pool's.
//!
//! The caller works itself: it asks the pool for helpers and starts at the first chunk, while helpers take chunks from the end. So
//! it never waits for a thread that sleeps or is busy elsewhere, only for chunks that a helper has begun, and with two
//! threads each has one end of the data, the same in the next loop.

use super::pool;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// What the caller and its helpers share.
struct Job {
    /// Borrowed from the caller's frame: only to be used between [`Job::enter`] and [`Job::leave`].
    body: *const (dyn Fn(usize) + Sync),
    /// The chunks not yet taken: the first in the lower half, the end in the upper.
    left: AtomicU64,
    /// How many helpers are at work; [`CLOSED`] is added when no more may begin.
    helpers: AtomicUsize,
    /// For the caller to wait until the last helper has left. Not by parking: a thread whose locals are gone has no handle.
    waits: Mutex<()>,
    left_all: Condvar,
    /// What a helper's chunk panicked with.
    panic: Mutex<Option<Box<dyn std::any::Any + Send>>>,
}

/// Helpers that the pool has not begun: where many wait, no thread is free, and more would only fill the queue.
static WAITING: AtomicUsize = AtomicUsize::new(0);
const MOST_WAITING: usize = 256;

const CLOSED: usize = 1 << (usize::BITS - 1);

// SAFETY: the body may be called from any thread (it is `Sync`) while it lives, which `enter` and `close` see to; the rest is
// shared by its types.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    fn first(&self) -> Option<usize> {
        self.take(|first, end| (first + 1, end, first))
    }

    fn last(&self) -> Option<usize> {
        self.take(|first, end| (first, end - 1, end - 1))
    }

    /// Takes a chunk: `step` gives what is left, and the chunk.
    fn take(&self, step: impl Fn(u64, u64) -> (u64, u64, u64)) -> Option<usize> {
        let mut taken = None;
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                let (first, end) = (left & u64::from(u32::MAX), left >> 32);
                taken = None;
                (first < end).then(|| {
                    let (first, end, chunk) = step(first, end);
                    taken = Some(chunk as usize);
                    first | end << 32
                })
            });
        taken
    }

    /// A helper begins, unless the caller has gone.
    fn enter(&self) -> bool {
        self.helpers
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |n| {
                (n & CLOSED == 0).then_some(n + 1)
            })
            .is_ok()
    }

    /// A helper ends; what its chunks wrote is seen by the caller.
    fn leave(&self) {
        // The job is the helper's own share: the caller may be gone after this.
        if self.helpers.fetch_sub(1, Ordering::Release) == CLOSED + 1 {
            // The caller either sees that or already waits.
            drop(self.waits.lock().unwrap_or_else(PoisonError::into_inner));
            self.left_all.notify_one();
        }
    }

    /// No helper begins any more, and none is at work.
    fn close(&self) {
        self.helpers.fetch_or(CLOSED, Ordering::Relaxed);
        // A helper is at its last chunk: it mostly ends soon.
        const SPINS: usize = 5_000;
        for _ in 0..SPINS {
            if self.helpers.load(Ordering::Acquire) == CLOSED {
                return;
            }
            std::hint::spin_loop();
        }
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let work = |(): &mut ()| self.helpers.load(Ordering::Acquire) != CLOSED;
        drop(self.left_all.wait_while(waits, work));
    }

    fn help(&self) {
        if !self.enter() {
            return;
        }
        let all = catch_unwind(AssertUnwindSafe(|| {
            while let Some(chunk) = self.last() {
                // SAFETY: the caller waits in `close` for this helper to leave, so the body lives.
                unsafe { (*self.body)(chunk) };
            }
        }));
        if let Err(payload) = all
            && let Ok(mut panic) = self.panic.lock()
        {
            *panic = Some(payload);
        }
        self.leave();
    }
}

/// Closes the job when the caller's frame ends, even by a panic.
struct Closing<'a>(&'a Job);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Calls `body` once for each chunk of `0..chunks`, on this thread and up to `threads - 1` of the pool; returns when all have ended.
pub(super) fn share(chunks: usize, threads: usize, body: &(dyn Fn(usize) + Sync)) {
    #[cfg(feature = "races")]
    super::races::run(chunks, body, &|body| on_threads(chunks, threads, body));
    #[cfg(not(feature = "races"))]
    on_threads(chunks, threads, body);
}

fn on_threads(chunks: usize, threads: usize, body: &(dyn Fn(usize) + Sync)) {
    debug_assert!(u32::try_from(chunks).is_ok(), "a few for each thread");
    let end = chunks as u32;
    let body: *const (dyn Fn(usize) + Sync + '_) = body;
    #[expect(
        clippy::transmute_ptr_to_ptr,
        reason = "a cast may not lengthen a lifetime"
    )]
    // SAFETY: only the lifetime changes; the body is not called after `close`.
    let body = unsafe {
        std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), *const (dyn Fn(usize) + Sync)>(
            body,
        )
    };
    let job = Arc::new(Job {
        body,
        left: AtomicU64::new(u64::from(end) << 32),
        helpers: AtomicUsize::new(0),
        waits: Mutex::new(()),
        left_all: Condvar::new(),
        panic: Mutex::new(None),
    });
    {
        let closing = Closing(&job);
        for _ in 1..threads.min(chunks) {
            if WAITING.load(Ordering::Relaxed) >= MOST_WAITING {
                break;
            }
            WAITING.fetch_add(1, Ordering::Relaxed);
            let job = Arc::clone(&job);
            let given = pool::spawn(move || {
                WAITING.fetch_sub(1, Ordering::Relaxed);
                job.help();
            });
            if !given {
                WAITING.fetch_sub(1, Ordering::Relaxed);
                break;
            }
        }
        while let Some(chunk) = closing.0.first() {
            // SAFETY: the body is borrowed by this call.
            unsafe { (*body)(chunk) };
        }
    }
    let panic = job.panic.lock().map_or(None, |mut p| p.take());
    if let Some(payload) = panic {
        resume_unwind(payload);
    }
}

#[cfg(test)]
mod tests {
    use super::{pool, share};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_chunk_once_even_when_nested() {
        pool::threads();
        for chunks in [0, 1, 2, 3, 64] {
            let counts: Vec<AtomicUsize> = (0..chunks).map(|_| AtomicUsize::new(0)).collect();
            share(chunks, 4, &|c| {
                let inner = AtomicUsize::new(0);
                share(5, 3, &|_| {
                    inner.fetch_add(1, Ordering::Relaxed);
                });
                counts[c].fetch_add(inner.into_inner(), Ordering::Relaxed);
            });
            assert!(counts.iter().all(|c| c.load(Ordering::Relaxed) == 5));
        }
    }

    #[test]
    fn a_panic_comes_out_after_all_have_ended() {
        pool::threads();
        for _ in 0..200 {
            let running = AtomicUsize::new(0);
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                share(8, 4, &|c| {
                    running.fetch_add(1, Ordering::SeqCst);
                    if c == 7 || c == 0 {
                        running.fetch_sub(1, Ordering::SeqCst);
                        std::panic::resume_unwind(Box::new("a chunk"));
                    }
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }));
            assert!(result.is_err());
            assert_eq!(running.load(Ordering::SeqCst), 0);
        }
    }
}

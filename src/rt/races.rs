//! The race detector of test builds (feature `races` of this crate; without it all of this is nothing).
//!
//! Each chunk of a parallel loop records which elements it reads and writes: through [`Ptr`](super::Ptr), as rows, as operands of library calls.
//! When the loop has ended, an element that one chunk writes and another accesses is reported by a panic. What chunks did is compared, not when
//! they did it, so the report does not depend on threads. Loops are divided into many chunks, however little there is
//! to do, and `DACE_ORDER` says in which order they run: `forward` (the default), `backward`, `odd-even` (those with odd numbers first), on
//! one thread, or `threads`. What a chunk makes for itself is not recorded: its stack, and memory that it allocates.

/// Whether this is such a build.
pub(super) const ON: bool = cfg!(feature = "races");

/// An element is read.
#[inline(always)]
pub(super) fn read<T>(at: *const T) {
    if ON {
        record::touch(at.cast(), 1, size_of::<T>(), false);
    }
}

/// An element is written.
#[inline(always)]
pub(super) fn write<T>(at: *const T) {
    if ON {
        record::touch(at.cast(), 1, size_of::<T>(), true);
    }
}

/// Elements next to each other are a chunk's own for a while.
#[inline(always)]
pub(super) fn claim<T>(at: *const T, count: usize) {
    if ON {
        record::touch(at.cast(), count, size_of::<T>(), true);
    }
}

/// The elements of a matrix are read or written.
#[inline(always)]
pub(super) fn matrix<T>(at: *const T, shape: [usize; 2], strides: [isize; 2], write: bool) {
    if ON {
        for i in 0..shape[0] {
            for j in 0..shape[1] {
                let offset = i as isize * strides[0] + j as isize * strides[1];
                record::touch(at.wrapping_offset(offset).cast(), 1, size_of::<T>(), write);
            }
        }
    }
}

/// Memory of so many elements has been made, and lives no longer than the chunk that makes it.
#[inline(always)]
pub(super) fn made<T>(at: *const T, count: usize) {
    if ON {
        record::own(at as usize, count * size_of::<T>());
    }
}

#[cfg(not(feature = "races"))]
mod record {
    pub(super) fn touch(_: *const u8, _: usize, _: usize, _: bool) {}
    pub(super) fn own(_: usize, _: usize) {}
}

#[cfg(feature = "races")]
pub(super) use record::run;

#[cfg(feature = "races")]
mod record {
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::collections::hash_map::Entry;
    use std::ops::Range;
    use std::sync::{Mutex, OnceLock, PoisonError};

    /// By the address of an element: whether it is written.
    type Log = HashMap<usize, bool>;

    /// A chunk at work on this thread.
    struct Chunk {
        /// An address on the stack where it began; what lies further down is its own.
        stack: usize,
        own: Vec<Range<usize>>,
        log: Log,
    }

    impl Chunk {
        fn owns(&self, at: usize, here: usize) -> bool {
            (here..self.stack).contains(&at) || self.own.iter().any(|r| r.contains(&at))
        }
    }

    thread_local! {
        /// The innermost last.
        static CHUNKS: RefCell<Vec<Chunk>> = const { RefCell::new(Vec::new()) };
    }

    fn address_of<T>(of: &T) -> usize {
        std::ptr::from_ref(of) as usize
    }

    pub(super) fn touch(at: *const u8, count: usize, size: usize, write: bool) {
        let here = 0u8;
        CHUNKS.with_borrow_mut(|chunks| {
            if let Some(chunk) = chunks.last_mut() {
                for at in (0..count).map(|k| at as usize + k * size) {
                    if !chunk.owns(at, address_of(&here)) {
                        *chunk.log.entry(at).or_insert(false) |= write;
                    }
                }
            }
        });
    }

    pub(super) fn own(at: usize, bytes: usize) {
        CHUNKS.with_borrow_mut(|chunks| {
            if let Some(chunk) = chunks.last_mut() {
                chunk.own.push(at..at + bytes);
            }
        });
    }

    /// Takes the chunk off the thread, even when it panics.
    struct AtWork;

    impl AtWork {
        fn end(self) -> Log {
            std::mem::forget(self);
            Self::pop()
        }
        fn pop() -> Log {
            let chunk = CHUNKS.with_borrow_mut(Vec::pop);
            chunk.map(|c| c.log).unwrap_or_default()
        }
    }

    impl Drop for AtWork {
        fn drop(&mut self) {
            Self::pop();
        }
    }

    #[derive(Clone, Copy)]
    enum Order {
        Forward,
        Backward,
        OddEven,
        Threads,
    }

    fn order() -> Order {
        static ORDER: OnceLock<Order> = OnceLock::new();
        *ORDER.get_or_init(|| match std::env::var("DACE_ORDER").as_deref() {
            Ok("backward") => Order::Backward,
            Ok("odd-even") => Order::OddEven,
            Ok("threads") => Order::Threads,
            Ok("forward") | Err(_) => Order::Forward,
            Ok(other) => {
                panic!("DACE_ORDER is {other}, neither forward, backward, odd-even nor threads")
            }
        })
    }

    /// Runs the chunks of a loop, on threads by `shared`, and compares what they accessed.
    pub(in crate::rt) fn run(
        chunks: usize,
        body: &(dyn Fn(usize) + Sync),
        shared: &dyn Fn(&(dyn Fn(usize) + Sync)),
    ) {
        let logs: Vec<Mutex<Log>> = (0..chunks).map(|_| Mutex::default()).collect();
        let one = |chunk: usize| {
            let stack = 0u8;
            CHUNKS.with_borrow_mut(|all| {
                all.push(Chunk {
                    stack: address_of(&stack),
                    own: Vec::new(),
                    log: Log::new(),
                });
            });
            let at_work = AtWork;
            body(chunk);
            *logs[chunk].lock().unwrap_or_else(PoisonError::into_inner) = at_work.end();
        };
        match order() {
            Order::Forward => (0..chunks).for_each(one),
            Order::Backward => (0..chunks).rev().for_each(one),
            Order::OddEven => (1..chunks)
                .step_by(2)
                .chain((0..chunks).step_by(2))
                .for_each(one),
            Order::Threads => shared(&one),
        }
        let logs = logs
            .into_iter()
            .map(|l| l.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut all: HashMap<usize, (usize, bool)> = HashMap::new();
        let mut conflicts = Vec::new();
        for (chunk, log) in logs.enumerate() {
            for (at, write) in log {
                match all.entry(at) {
                    Entry::Vacant(e) => {
                        e.insert((chunk, write));
                    }
                    Entry::Occupied(mut e) => {
                        let (first, written) = e.get_mut();
                        if *written || write {
                            conflicts.push((at, *first, *written, chunk, write));
                        }
                        *written |= write;
                    }
                }
            }
        }
        conflicts.sort_unstable();
        if let Some((_, first, first_writes, second, second_writes)) = conflicts.first() {
            let verb = |write: &bool| if *write { "writes" } else { "reads" };
            panic!(
                "{} conflicts of {chunks} chunks of a parallel loop: chunk {first} {} an element that chunk {second} {}",
                conflicts.len(),
                verb(first_writes),
                verb(second_writes)
            );
        }
        // To loops around, it is the work of the chunk that the loop stands in.
        for (at, (_, write)) in all {
            touch(at as *const u8, 1, 1, write);
        }
    }
}

#[cfg(all(test, feature = "races"))]
mod tests {
    use crate::rt::{Buf, Ptr, par};

    /// Runs a loop of eight iterations over ten elements; whether chunks conflict.
    fn conflict(body: &(dyn Fn(Ptr<f64>, i64) + Sync)) -> bool {
        let mut memory = [0.0; 10];
        let base = Ptr::new(memory.as_mut_ptr());
        let run = || {
            par::for_range(8, 0.0, &|from, to| {
                (from..to).for_each(|i| body(base, i));
                Ok(())
            })
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err()
    }

    #[test]
    fn conflicts_are_seen_whatever_the_order() {
        // SAFETY (of all below): elements of the array; on threads only where chunks do not meet.
        assert!(!conflict(&|a, i| unsafe { a.set(i, a.get(9)) }));
        assert!(!conflict(&|a, _| {
            // SAFETY: as above.
            let _ = unsafe { a.get(3) };
        }));
        if std::env::var("DACE_ORDER").as_deref() == Ok("threads") {
            return;
        }
        // SAFETY: as above.
        assert!(conflict(&|a, i| unsafe { a.set(7 - i, a.get(i)) }));
        // SAFETY: as above.
        assert!(conflict(&|a, i| unsafe { a.set(i / 2, 1.0) }));
        // SAFETY: as above.
        assert!(conflict(&|a, i| unsafe {
            a.row(i, 2)[0].write(1.0);
        }));
        // SAFETY: as above.
        assert!(!conflict(&|a, i| unsafe {
            a.row(i, 1)[0].write(1.0);
        }));
    }

    #[test]
    fn what_a_chunk_makes_is_its_own() {
        assert!(!conflict(&|_, i| {
            let (mut buf, mut local) = (Buf::<f64>::new(), [0.0; 4]);
            let (far, near) = (
                buf.resize("t", &[4]).expect("memory"),
                Ptr::new(local.as_mut_ptr()),
            );
            // SAFETY: elements of both.
            unsafe {
                far.set(i % 4, 1.0);
                near.set(i % 4, far.get(i % 4));
            }
        }));
    }

    #[test]
    fn loops_inside_count_for_the_chunk_around() {
        let inside = |a: Ptr<f64>, at: &(dyn Fn(i64) -> i64 + Sync)| {
            par::for_range(2, 0.0, &|from, to| {
                // SAFETY: elements of the array.
                (from..to).for_each(|j| unsafe { a.set(at(j), 1.0) });
                Ok(())
            })
            .expect("no error");
        };
        assert!(!conflict(&|a, i| if i < 4 {
            inside(a, &|j| 2 * i + j);
        }));
        if std::env::var("DACE_ORDER").as_deref() != Ok("threads") {
            assert!(conflict(&|a, i| inside(a, &|j| i + j)));
        }
    }
}

//! The threads that help with a loop, as far as the system gives any.
//!
//! Rayon's global pool panics where the system has no thread for it, and cannot be asked whether it is there. So there is a pool of our own, which is built of
//! threads that have already started, be they fewer than wanted or none; a thread of another of rayon's pools is helped by that pool.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What each thread's start has to leave: for its signal stack and its allocator, and for whatever else the program has to do.
const MARGIN: usize = 16 << 20;
/// The stack of a thread, where the environment does not say another (`RUST_MIN_STACK`, as for all threads of Rust).
const STACK: usize = 2 << 20;

static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
/// The process that first asked; in a process that it has forked, no thread of a pool is left.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// How many threads may work on a loop of this one, itself included.
#[cold]
pub(super) fn threads() -> usize {
    // A loop that is shared allocates a little, which must not fail.
    if is_forked() || !super::buf::has_room(64 << 10) {
        return 1;
    }
    if rayon::current_thread_index().is_some() {
        return rayon::current_num_threads();
    }
    POOL.get_or_init(start)
        .as_ref()
        .map_or(1, rayon::ThreadPool::current_num_threads)
}

/// Gives the pool something to do, some time; false if there is no pool.
pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> bool {
    if rayon::current_thread_index().is_some() {
        rayon::spawn(work);
    } else if let Some(Some(pool)) = POOL.get() {
        pool.spawn(work);
    } else {
        return false;
    }
    true
}

fn is_forked() -> bool {
    let process = std::process::id();
    let first = PROCESS.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed);
    first.is_err_and(|first| first != process)
}

/// The number that rayon would take.
fn wanted() -> usize {
    let asked = |variable| std::env::var(variable).ok()?.parse().ok();
    asked("RAYON_NUM_THREADS")
        .filter(|n| *n > 0)
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// A pool of as many threads as are wanted and can be had; none if those are not even two.
fn start() -> Option<rayon::ThreadPool> {
    let stack = std::env::var("RUST_MIN_STACK").ok();
    let stack = stack.and_then(|s| s.parse().ok()).unwrap_or(STACK);
    let (wanted, (send, receive)) = (wanted(), channel());
    let receive = Arc::new(Mutex::new(receive));
    let (ready, started) = channel();
    let mut count = 0;
    while wanted > 1 && count < wanted && start_thread(stack, &ready, &receive) {
        // Until it runs, what it takes is not known.
        if started.recv().is_err() {
            break;
        }
        count += 1;
    }
    if count < 2 {
        return None;
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .spawn_handler(move |thread| {
            send.send(thread)
                .map_err(|_| std::io::ErrorKind::Other.into())
        })
        .build()
        .ok()
}

/// Starts a thread that waits for its part in a pool, and ends if there is none for it.
fn start_thread(
    stack: usize,
    ready: &Sender<()>,
    receive: &Arc<Mutex<Receiver<rayon::ThreadBuilder>>>,
) -> bool {
    if !super::buf::has_room(stack.saturating_add(MARGIN)) {
        return false;
    }
    let (ready, receive) = (ready.clone(), Arc::clone(receive));
    std::thread::Builder::new()
        .stack_size(stack)
        .spawn(move || {
            let _ = ready.send(());
            let part = receive
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv();
            if let Ok(part) = part {
                part.run();
            }
        })
        .is_ok()
}

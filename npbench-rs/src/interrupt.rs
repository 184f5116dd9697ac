//! Ctrl-C: the first ends the run after what is finished has been kept, the second ends it at once.

use dace_host::output;
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The exit status of a command that was ended so.
pub const STATUS: u8 = output::INTERRUPTED;

/// Listens from now on.
pub fn listen() -> Result<(), String> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            output::abandon();
        }
    })
    .map_err(|e| format!("cannot listen to Ctrl-C: {e}"))
}

/// Whether an end was asked for.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

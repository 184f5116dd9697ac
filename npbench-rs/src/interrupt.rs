//! Ctrl-C: the first ends the run after what is finished has been kept, the second ends it at once.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The exit status of a command that was ended so.
pub const STATUS: u8 = 130;

/// Listens from now on.
pub fn listen() -> Result<(), String> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(STATUS));
        }
    })
    .map_err(|e| format!("cannot listen to Ctrl-C: {e}"))
}

/// Whether an end was asked for.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

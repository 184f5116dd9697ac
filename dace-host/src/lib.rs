//! The programs of this workspace and the machine around them: files that appear whole or not at all ([`output`]), a reader
//! of standard output that goes away ([`console`]), `.npy` files from anywhere ([`npy`]), and how much memory there is ([`memory`]).

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod console;
pub mod memory;
pub mod npy;
pub mod output;

/// What a program does first.
pub fn begin() {
    // A file that may not grow any more is an error of the write, as a full disk is, and not the end of the process.
    #[cfg(unix)]
    // SAFETY: ignoring a signal installs no handler that could run at a wrong time, and no other thread runs yet that could
    // change the same setting.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

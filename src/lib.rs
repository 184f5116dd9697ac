//! Data-centric programming in Rust: NumPy-style Python, compiled at compile time to fast safe functions.
//!
//! The macro turns Python text into plain Rust functions over [`ndarray`] arrays. A generated function returns its
//! result or an [`Error`], whatever its arguments.

mod error;
#[doc(hidden)]
pub mod rt;

pub use dace_macros::dace;
pub use error::Error;
pub use ndarray;
pub use num_complex::{self, Complex};

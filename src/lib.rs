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

/// What a program has to do for given sizes, told by the function `work` of its module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Arithmetic operations on elements (a complex multiplication is six); none where their number depends on data.
    pub operations: Option<f64>,
    /// Bytes that enter and leave a cache without limits: no schedule moves less.
    pub bytes: f64,
}

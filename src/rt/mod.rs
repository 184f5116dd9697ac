//! What generated code calls. Not for direct use: it changes with the compiler.
//!
//! Everything a hot loop touches is `#[inline(always)]`, so that it takes on the target features of the function it
//! is inlined into; everything else is plain functions that are compiled once.

mod arg;
mod buf;
mod complex;
mod index;
mod level;
pub mod linalg;
pub mod math;
mod ops;
pub mod par;
mod partial;
mod pool;
mod ptr;
mod races;
mod reduce;
mod region;
mod share;
mod spare;

pub use arg::{InOut, Input};
pub use buf::{Buf, Element};
pub use complex::Rare;
pub use index::*;
pub use level::{Level, level};
pub use ops::*;
pub use partial::Partial;
pub use ptr::{Ptr, Slot};
pub use reduce::{lanes, lanes1, lanes2, lanes3, lanes4};
pub use region::{arg_reduce, copy_matrix, copy_out};

pub use crate::__levels as levels;
pub use crate::Error;
pub use core::result::Result::{self, Ok};
pub use ndarray::{Array, ArrayRef, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn};
pub use num_complex::Complex;

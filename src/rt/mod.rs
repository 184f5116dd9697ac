//! What generated code calls. Not for direct use: it changes with the compiler.
//!
//! Everything a hot loop touches is `#[inline(always)]`, so that it takes on the target features of the function it
//! is inlined into; everything else is plain functions that are compiled once.

mod arg;
mod buf;

mod index;
mod level;
mod ops;
pub mod par;
mod ptr;
mod reduce;

pub use arg::{InOut, Input};
pub use buf::{Buf, Element};
pub use index::*;
pub use level::{Level, level};
pub use ops::*;
pub use ptr::Ptr;
pub use reduce::lanes;

pub use crate::__levels as levels;

//! The dace compiler: Python text in, a verified and optimised SDFG or diagnostics out.
//!
//! Pure: no files, environment, processes or threads. The macro, build scripts, the command line and the tests all call the same functions.

pub mod analysis;
pub mod diag;
pub mod interpret;
pub mod passes;
pub mod pipeline;
pub mod registry;
pub mod lower;
pub mod sdfg;
pub mod symbolic;
pub mod syntax;
pub mod transforms;
pub mod verify;

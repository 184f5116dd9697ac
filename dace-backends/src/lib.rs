//! Back ends of the dace compiler: SDFG in, text out. A back end never changes the SDFG.

pub mod build;
pub mod rust;

//! Facts about an SDFG. Analyses never change it.

pub mod signature;

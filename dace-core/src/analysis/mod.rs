//! Facts about an SDFG. Analyses never change it.

pub mod omega;
pub mod presburger;
pub mod signature;

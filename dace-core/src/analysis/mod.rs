//! Facts about an SDFG. Analyses never change it.

mod conflict;
pub mod coverage;
pub mod dependence;
pub mod omega;
pub mod parallel;
pub mod presburger;
pub mod privatisation;
pub mod scope;
pub mod signature;
pub mod work;

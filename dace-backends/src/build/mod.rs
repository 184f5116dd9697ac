//! Programs outside of macros: what build scripts and the command line share.

mod literal;
mod scan;

pub use literal::value as literal_value;
pub use scan::{Invocation, Kind, ScanError, scan};

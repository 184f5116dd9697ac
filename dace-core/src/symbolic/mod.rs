//! Integer expressions, ranges and subsets. A leaf: it uses nothing else of the compiler.

mod expr;
mod facts;
mod subset;

pub use expr::{Atom, Expr, Monomial, Sym};
pub use facts::Facts;
pub use subset::{Dim, Range, Subset};

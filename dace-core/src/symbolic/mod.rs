//! Integer expressions, ranges and subsets. A leaf: it uses nothing else of the compiler.

mod arith;
mod display;
mod expr;
mod facts;
mod parse;
mod simplify;
mod subset;
#[cfg(test)]
mod tests;

pub use expr::{Atom, Expr, MAX_SIZE, Monomial, Sym};
pub use facts::{Facts, Mark};
pub use parse::{identifier, parse, parse_prefix};
pub use subset::{Dim, Range, Subset};

//! Expressions as Python text.

use super::{Atom, Expr};
use std::fmt;

/// An operand of `//` or `%`: in parentheses unless it is one symbol, call or number.
struct Operand<'a>(&'a Expr);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = match self.0.terms() {
            [] => true,
            [(mono, 1)] => matches!(
                mono.as_slice(),
                [] | [(Atom::Sym(_) | Atom::Pos(_) | Atom::Wrap(_), 1)]
            ),
            [(mono, c)] => mono.is_empty() && *c > 0,
            _ => false,
        };
        if whole {
            write!(f, "{}", self.0)
        } else {
            write!(f, "({})", self.0)
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sym(s) => write!(f, "{s}"),
            Self::Pos(d) => write!(f, "max(0, {d})"),
            Self::Wrap(e) => write!(f, "int64({e})"),
            Self::FloorDiv(a, b) => write!(f, "{} // {}", Operand(a), Operand(b)),
            Self::Mod(a, b) => write!(f, "{} % {}", Operand(a), Operand(b)),
        }
    }
}

/// Python syntax: what it prints, [`super::parse()`] reads back to an equal expression.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        // Non-constant terms first reads better: `N - 1`, not `-1 + N`.
        let order = self.terms.iter().filter(|(m, _)| !m.is_empty());
        let constant = self.terms.iter().filter(|(m, _)| m.is_empty());
        // A leading minus reads worse than a leading plus.
        let (positive, negative): (Vec<_>, Vec<_>) =
            order.chain(constant).partition(|(_, c)| *c > 0);
        for (index, (mono, coefficient)) in positive.into_iter().chain(negative).enumerate() {
            let magnitude = coefficient.unsigned_abs();
            match (index, *coefficient < 0) {
                (0, true) => f.write_str("-")?,
                (0, false) => {}
                (_, true) => f.write_str(" - ")?,
                (_, false) => f.write_str(" + ")?,
            }
            if mono.is_empty() || magnitude != 1 {
                write!(f, "{magnitude}")?;
                if !mono.is_empty() {
                    f.write_str("*")?;
                }
            }
            let mut first = true;
            for (atom, power) in mono {
                for _ in 0..*power {
                    if !first {
                        f.write_str("*")?;
                    }
                    first = false;
                    // `-a // b` would be `(-a) // b`, and a product would take the first operand.
                    let alone = mono.len() == 1 && *power == 1 && magnitude == 1;
                    match atom {
                        Atom::FloorDiv(..) | Atom::Mod(..)
                            if !alone || (index == 0 && *coefficient < 0) =>
                        {
                            write!(f, "({atom})")?;
                        }
                        _ => write!(f, "{atom}")?,
                    }
                }
            }
        }
        Ok(())
    }
}

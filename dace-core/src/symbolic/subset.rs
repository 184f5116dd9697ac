//! Ranges and subsets: which elements of a container a memlet moves.

use super::{Expr, Facts, Sym};
use std::fmt;

/// `begin, begin + step, …` up to but without `end`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    pub begin: Expr,
    pub end: Expr,
    pub step: Expr,
}

impl Range {
    pub fn new(begin: impl Into<Expr>, end: impl Into<Expr>, step: impl Into<Expr>) -> Self {
        Self {
            begin: begin.into(),
            end: end.into(),
            step: step.into(),
        }
    }
    /// `0..n`
    pub fn upto(n: impl Into<Expr>) -> Self {
        Self::new(0, n, 1)
    }
    /// The number of elements, at least 0; needs a constant step other than zero, else the step is taken as positive.
    pub fn count(&self) -> Expr {
        let span = &self.end - &self.begin;
        let n = match self.step.as_int() {
            Some(1) => span,
            _ => span.ceil_div(&self.step),
        };
        n.pos()
    }
    /// The same range with each of its expressions rewritten.
    pub fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Self {
        Self {
            begin: f(&self.begin),
            end: f(&self.end),
            step: f(&self.step),
        }
    }
    pub fn subs(&self, replace: &dyn Fn(&Sym) -> Option<Expr>) -> Self {
        self.map(&mut |e| e.subs(replace))
    }
    pub fn contains_sym(&self, symbol: &Sym) -> bool {
        self.begin.contains(symbol) || self.end.contains(symbol) || self.step.contains(symbol)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.begin, self.end)?;
        if self.step.as_int() != Some(1) {
            write!(f, ":{}", self.step)?;
        }
        Ok(())
    }
}

/// One dimension of a subset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dim {
    /// One index; the dimension disappears from what the consumer sees.
    Index(Expr),
    Range(Range),
}

impl Dim {
    /// Bounds of the elements (inclusive), lower one first; of no meaning when the range is empty. A step that is not constant is taken as positive.
    pub fn hull(&self) -> (Expr, Expr) {
        match self {
            Self::Index(e) => (e.clone(), e.clone()),
            Self::Range(r) if r.step.as_int().is_some_and(|s| s < 0) => {
                (&r.end + 1, r.begin.clone())
            }
            Self::Range(r) => (r.begin.clone(), &r.end - 1),
        }
    }
    /// The same dimension with each of its expressions rewritten.
    pub fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Self {
        match self {
            Self::Index(e) => Self::Index(f(e)),
            Self::Range(r) => Self::Range(r.map(f)),
        }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(e) => write!(f, "{e}"),
            Self::Range(r) => write!(f, "{r}"),
        }
    }
}

/// One entry for each dimension of the container, in the container's own coordinates; empty for a scalar.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Subset(pub Vec<Dim>);

impl Subset {
    pub fn scalar() -> Self {
        Self(Vec::new())
    }
    pub fn point(index: impl IntoIterator<Item = Expr>) -> Self {
        Self(index.into_iter().map(Dim::Index).collect())
    }
    /// The whole of a container of this shape.
    pub fn whole(shape: &[Expr]) -> Self {
        Self(
            shape
                .iter()
                .map(|n| Dim::Range(Range::upto(n.clone())))
                .collect(),
        )
    }
    pub fn rank(&self) -> usize {
        self.0.len()
    }
    /// The indices, if every dimension is one.
    pub fn as_point(&self) -> Option<Vec<&Expr>> {
        self.0
            .iter()
            .map(|d| if let Dim::Index(e) = d { Some(e) } else { None })
            .collect()
    }
    /// The shape a consumer sees: the counts of the ranges.
    pub fn shape(&self) -> Vec<Expr> {
        self.0
            .iter()
            .filter_map(|d| {
                if let Dim::Range(r) = d {
                    Some(r.count())
                } else {
                    None
                }
            })
            .collect()
    }
    pub fn volume(&self) -> Expr {
        self.shape().iter().fold(Expr::one(), |v, n| v * n)
    }
    /// The same subset with each of its expressions rewritten.
    pub fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Self {
        Self(self.0.iter().map(|d| d.map(f)).collect())
    }
    pub fn subs(&self, replace: &dyn Fn(&Sym) -> Option<Expr>) -> Self {
        self.map(&mut |e| e.subs(replace))
    }
    pub fn contains_sym(&self, symbol: &Sym) -> bool {
        self.0.iter().any(|d| match d {
            Dim::Index(e) => e.contains(symbol),
            Dim::Range(r) => r.contains_sym(symbol),
        })
    }
    /// Proved to be every element of a container of this shape.
    pub fn covers(&self, shape: &[Expr], facts: &Facts) -> bool {
        self.0.len() == shape.len()
            && self.0.iter().zip(shape).all(|(dim, n)| match dim {
                Dim::Index(e) => facts.eq(e, &Expr::zero()) && facts.eq(n, &Expr::one()),
                Dim::Range(r) => {
                    facts.le(&r.begin, &Expr::zero())
                        && r.step.as_int() == Some(1)
                        && facts.le(n, &r.end)
                }
            })
    }
}

impl fmt::Display for Subset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, dim) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{dim}")?;
        }
        Ok(())
    }
}

//! What is known of symbols, and proofs from it.
//!
//! A proof is sound and incomplete: `true` means proved for every value the facts allow, `false` means not proved.

use super::{Atom, Expr, Sym};

/// Bounds of symbols in the order of their definition (a bound may name symbols defined before), and inequalities.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    bounds: Vec<(Sym, Vec<Expr>, Vec<Expr>)>,
    /// Expressions known to be at least zero (from branch conditions and checks).
    nonneg: Vec<Expr>,
}

const DEPTH: u32 = 12;

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }
    /// `low <= symbol <= high`, both inclusive.
    pub fn bound(&mut self, symbol: &Sym, low: Option<Expr>, high: Option<Expr>) {
        self.bounds.push((symbol.clone(), low.into_iter().collect(), high.into_iter().collect()));
    }
    /// `expression >= 0`.
    pub fn assume_nonneg(&mut self, expression: Expr) {
        if expression.as_int().is_none() {
            self.nonneg.push(expression);
        }
    }
    /// A size that comes from an array's shape.
    pub fn size(&mut self, symbol: &Sym) {
        self.bound(symbol, Some(Expr::zero()), None);
    }
    /// How many facts there are, to go back to with [`Facts::truncate`] at the end of a scope.
    pub fn mark(&self) -> (usize, usize) {
        (self.bounds.len(), self.nonneg.len())
    }
    pub fn truncate(&mut self, mark: (usize, usize)) {
        self.bounds.truncate(mark.0);
        self.nonneg.truncate(mark.1);
    }
    /// The bounds known for a symbol (inclusive), the last definition's.
    pub fn bounds_of(&self, symbol: &Sym) -> Option<(&[Expr], &[Expr])> {
        self.bounds.iter().rev().find(|(s, ..)| s == symbol).map(|(_, l, h)| (l.as_slice(), h.as_slice()))
    }

    pub fn is_nonneg(&self, e: &Expr) -> bool {
        self.prove(e, DEPTH)
    }
    pub fn is_pos(&self, e: &Expr) -> bool {
        self.is_nonneg(&(e - 1))
    }
    pub fn le(&self, a: &Expr, b: &Expr) -> bool {
        self.is_nonneg(&(b - a))
    }
    pub fn lt(&self, a: &Expr, b: &Expr) -> bool {
        self.is_pos(&(b - a))
    }
    /// Proved equal for all values the facts allow.
    pub fn eq(&self, a: &Expr, b: &Expr) -> bool {
        a == b || (self.le(a, b) && self.le(b, a))
    }
    /// Proved different for all values the facts allow.
    pub fn ne(&self, a: &Expr, b: &Expr) -> bool {
        self.lt(a, b) || self.lt(b, a)
    }

    fn prove(&self, e: &Expr, depth: u32) -> bool {
        if let Some(v) = e.as_int() {
            return v >= 0;
        }
        if depth == 0 {
            return false;
        }
        // Compound atoms first: replace each by what bounds it.
        for (mono, coefficient) in e.terms() {
            for (atom, power) in mono {
                if *power != 1 || matches!(atom, Atom::Sym(_)) {
                    continue;
                }
                let alone = mono.len() == 1;
                let with = |value: &Expr| replace_atom(e, atom, value);
                return match atom {
                    Atom::Pos(d) => {
                        // max(0, d) is 0 (then d <= 0) or d (then d >= 0).
                        let mut zero = self.clone();
                        zero.assume_nonneg(-&**d);
                        let mut positive = self.clone();
                        positive.assume_nonneg((**d).clone());
                        (alone && *coefficient > 0 && (self.prove(&with(&Expr::zero()), depth - 1) || self.prove(&with(d), depth - 1)))
                            || (zero.prove(&with(&Expr::zero()), depth - 1) && positive.prove(&with(d), depth - 1))
                    }
                    Atom::FloorDiv(a, b) => {
                        let Some(c) = b.as_int().filter(|c| *c > 0 && alone) else { continue };
                        // q = floor(a / c):  a - c + 1 <= c*q <= a
                        let bound = if *coefficient > 0 { &**a - (c - 1) } else { (**a).clone() };
                        let rest = replace_atom(e, atom, &Expr::zero());
                        self.prove(&(rest.scale(i128::from(c)) + bound.scale(*coefficient)), depth - 1)
                    }
                    Atom::Mod(_, b) => {
                        if !alone || !self.prove(&(&**b - 1), depth - 1) {
                            continue;
                        }
                        if *coefficient > 0 { self.prove(&with(&Expr::zero()), depth - 1) } else { self.prove(&with(&(&**b - 1)), depth - 1) }
                    }
                    Atom::Sym(_) => unreachable!("filtered above"),
                };
            }
        }
        // Every term is a non-negative multiple of symbols known non-negative.
        if e.terms().iter().all(|(mono, c)| *c >= 0 && mono.iter().all(|(a, p)| p % 2 == 0 || self.atom_nonneg(a))) {
            return true;
        }
        // Eliminate the symbol defined last.
        for (index, (symbol, lows, highs)) in self.bounds.iter().enumerate().rev() {
            if !e.contains(symbol) || self.bounds[index + 1..].iter().any(|(s, ..)| s == symbol) {
                continue;
            }
            if let Some((a, b)) = e.linear_in(symbol) {
                let options = if self.prove_sign(&a, depth) {
                    lows
                } else if self.prove_sign(&-&a, depth) {
                    highs
                } else {
                    break;
                };
                if options.iter().any(|bound| self.prove(&(&a * bound + &b), depth - 1)) {
                    return true;
                }
            }
            break;
        }
        // e >= 0 follows from h >= 0 when e - h >= 0.
        for (index, h) in self.nonneg.iter().enumerate() {
            if h.symbols().iter().any(|s| e.contains(s)) {
                let mut fewer = self.clone();
                fewer.nonneg.remove(index);
                if fewer.prove(&(e - h), depth.min(5) - 1) {
                    return true;
                }
            }
        }
        false
    }

    fn prove_sign(&self, coefficient: &Expr, depth: u32) -> bool {
        match coefficient.as_int() {
            Some(c) => c >= 0,
            None => self.prove(coefficient, depth - 1),
        }
    }

    fn atom_nonneg(&self, atom: &Atom) -> bool {
        match atom {
            Atom::Pos(_) => true,
            Atom::Sym(s) => self.bounds_of(s).is_some_and(|(lows, _)| lows.iter().any(|l| l.as_int().is_some_and(|v| v >= 0))),
            Atom::Mod(_, b) => b.as_int().is_some_and(|b| b > 0),
            Atom::FloorDiv(a, b) => b.as_int().is_some_and(|b| b > 0) && self.prove(a, 4),
        }
    }
}

/// `e` with each occurrence of `atom` to the first power replaced.
fn replace_atom(e: &Expr, atom: &Atom, value: &Expr) -> Expr {
    let mut sum = Expr::zero();
    for (mono, coefficient) in e.terms() {
        let mut product = Expr::big(*coefficient);
        for (a, power) in mono {
            let factor = if a == atom { value.clone() } else { Expr::from_atom(a.clone()) };
            for _ in 0..*power {
                product = &product * &factor;
            }
        }
        sum = sum + product;
    }
    sum
}

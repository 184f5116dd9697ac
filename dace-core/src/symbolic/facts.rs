//! What is known of symbols, and proofs from it.
//!
//! A proof is sound and incomplete: `true` means proved for every value the facts allow, `false` means not proved.

use super::{Atom, Expr, Monomial, Sym};

/// Bounds of symbols in the order of their definition (a bound may name symbols defined before), and inequalities.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    bounds: Vec<(Sym, Vec<Expr>, Vec<Expr>)>,
    /// Expressions known to be at least zero (from branch conditions and checks).
    nonneg: Vec<Expr>,
}

/// Steps in a row, and steps in all, after which a proof gives up. Proofs that succeed need a few.
const DEPTH: u32 = 12;
const STEPS: u32 = 2000;
/// Of the facts, so many may be used one after the other.
const FACTS: u32 = 4;

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }
    /// `low <= symbol <= high`, both inclusive.
    pub fn bound(&mut self, symbol: &Sym, low: Option<Expr>, high: Option<Expr>) {
        self.bounds.push((
            symbol.clone(),
            low.into_iter().collect(),
            high.into_iter().collect(),
        ));
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
        self.bounds
            .iter()
            .rev()
            .find(|(s, ..)| s == symbol)
            .map(|(_, l, h)| (l.as_slice(), h.as_slice()))
    }

    pub fn is_nonneg(&self, e: &Expr) -> bool {
        // Most questions are of numbers.
        if let Some(v) = e.as_int() {
            return v >= 0;
        }
        let mut prover = Prover {
            facts: self,
            used: vec![false; self.nonneg.len()],
            cases: Vec::new(),
            steps: STEPS,
        };
        prover.prove(e, DEPTH)
    }
    pub fn is_pos(&self, e: &Expr) -> bool {
        self.is_nonneg(&(e - 1))
    }
    pub fn le(&self, a: &Expr, b: &Expr) -> bool {
        a == b || self.is_nonneg(&(b - a))
    }
    pub fn lt(&self, a: &Expr, b: &Expr) -> bool {
        a != b && self.is_pos(&(b - a))
    }
    /// Proved equal for all values the facts allow.
    pub fn eq(&self, a: &Expr, b: &Expr) -> bool {
        if a == b {
            return true;
        }
        let difference = b - a;
        difference.as_int().is_none() && self.is_nonneg(&difference) && self.is_nonneg(&-difference)
    }
    /// What an expression is equal to by the inequalities that hold both ways, itself first.
    pub fn equals_of(&self, e: &Expr) -> Vec<Expr> {
        let mut found = vec![e.clone()];
        for (k, h) in self.nonneg.iter().enumerate() {
            if h.shares_symbol(e) && self.nonneg[k + 1..].contains(&-h) {
                found.extend([e + h, e - h]);
            }
        }
        found
    }
    /// Proved different for all values the facts allow.
    pub fn ne(&self, a: &Expr, b: &Expr) -> bool {
        let difference = b - a;
        match difference.as_int() {
            Some(d) => d != 0,
            None => self.is_pos(&difference) || self.is_pos(&-difference),
        }
    }
}

/// One proof under way: the facts, less those already used, more those of the case under way.
struct Prover<'a> {
    facts: &'a Facts,
    /// Inequalities taken by the steps under way.
    used: Vec<bool>,
    /// What the cases under way assume to be at least zero; `None` when taken by a step under way.
    cases: Vec<Option<Expr>>,
    steps: u32,
}

impl Prover<'_> {
    fn prove(&mut self, e: &Expr, depth: u32) -> bool {
        if let Some(v) = e.as_big() {
            return v >= 0;
        }
        if depth == 0 || self.steps == 0 {
            return false;
        }
        self.steps -= 1;
        if self.obvious(e) {
            return true;
        }
        // Compound atoms first: replace one by what bounds it.
        for (at, (mono, coefficient)) in e.terms().iter().enumerate() {
            for (atom, power) in mono {
                if *power != 1 {
                    continue;
                }
                let alone = mono.len() == 1;
                // The sum without this term: other terms may hold the atom as well.
                let rest = || {
                    let mut terms = e.terms().to_vec();
                    terms.remove(at);
                    Expr { terms }
                };
                match atom {
                    Atom::Sym(_) => {}
                    Atom::Pos(d) => {
                        return self.prove_pos(e, atom, d, alone && *coefficient > 0, depth);
                    }
                    Atom::FloorDiv(a, b) => {
                        // q = floor(a / c):  a - c + 1 <= c*q <= a
                        let Some(c) = b.as_big().filter(|c| *c > 0 && alone) else {
                            continue;
                        };
                        let bound = if *coefficient > 0 {
                            &**a - &Expr::big(c - 1)
                        } else {
                            (**a).clone()
                        };
                        return self.prove(&rest().scale(c).plus(&bound, *coefficient), depth - 1);
                    }
                    Atom::Mod(_, b) => {
                        // 0 <= m <= b - 1
                        if !alone || !self.prove(&(&**b - 1), depth - 1) {
                            continue;
                        }
                        let bounded = if *coefficient > 0 {
                            rest()
                        } else {
                            rest().plus(&(&**b - 1), *coefficient)
                        };
                        return self.prove(&bounded, depth - 1);
                    }
                }
            }
        }
        self.eliminate(e, depth) || self.use_fact(e, depth)
    }

    /// Every term is a non-negative multiple of atoms known non-negative.
    fn obvious(&mut self, e: &Expr) -> bool {
        e.terms().iter().all(|(_, c)| *c >= 0)
            && e.terms().iter().all(|(mono, _)| self.monomial_nonneg(mono))
    }

    fn monomial_nonneg(&mut self, mono: &Monomial) -> bool {
        mono.iter()
            .all(|(atom, power)| power % 2 == 0 || self.atom_nonneg(atom))
    }

    fn atom_nonneg(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::Pos(_) => true,
            Atom::Sym(s) => self
                .facts
                .bounds_of(s)
                .is_some_and(|(lows, _)| lows.iter().any(|l| l.as_int().is_some_and(|v| v >= 0))),
            Atom::Mod(_, b) => b.as_big().is_some_and(|b| b > 0),
            Atom::FloorDiv(a, b) => b.as_big().is_some_and(|b| b > 0) && self.prove(a, 4),
        }
    }

    /// `max(0, d)` is 0 (then `d <= 0`) or `d` (then `d >= 0`).
    fn prove_pos(&mut self, e: &Expr, atom: &Atom, d: &Expr, rising: bool, depth: u32) -> bool {
        let zero = replace_atom(e, atom, &Expr::zero());
        let value = replace_atom(e, atom, d);
        // `max(0, d)` is at least either: without cases where it only helps. It may stand in other terms as well.
        let linear = e
            .terms()
            .iter()
            .filter(|(m, _)| m.iter().any(|(a, _)| a == atom))
            .count()
            == 1;
        if rising && linear && (self.prove(&zero, depth - 1) || self.prove(&value, depth - 1)) {
            return true;
        }
        self.in_case(-d, &zero, depth) && self.in_case(d.clone(), &value, depth)
    }

    fn in_case(&mut self, assumed: Expr, e: &Expr, depth: u32) -> bool {
        self.cases.push(Some(assumed));
        let proved = self.prove(e, depth - 1);
        self.cases.pop();
        proved
    }

    /// Replaces the symbol defined last by its bound.
    fn eliminate(&mut self, e: &Expr, depth: u32) -> bool {
        let facts = self.facts;
        for (index, (symbol, lows, highs)) in facts.bounds.iter().enumerate().rev() {
            if !e.contains(symbol) || facts.bounds[index + 1..].iter().any(|(s, ..)| s == symbol) {
                continue;
            }
            let Some((a, b)) = e.linear_in(symbol) else {
                return false;
            };
            let bounds = if self.prove(&a, depth - 1) {
                lows
            } else if self.prove(&-&a, depth - 1) {
                highs
            } else {
                return false;
            };
            return bounds
                .iter()
                .any(|bound| self.prove(&(&a * bound + &b), depth - 1));
        }
        false
    }

    /// `e >= 0` follows from `h >= 0` when `e - h >= 0`.
    fn use_fact(&mut self, e: &Expr, depth: u32) -> bool {
        let related = |h: &Expr| h.shares_symbol(e);
        let depth = depth.min(FACTS + 1) - 1;
        for index in 0..self.facts.nonneg.len() {
            let h = &self.facts.nonneg[index];
            if self.used[index] || !related(h) {
                continue;
            }
            self.used[index] = true;
            let proved = self.prove(&e.plus(h, -1), depth);
            self.used[index] = false;
            if proved {
                return true;
            }
        }
        for index in 0..self.cases.len() {
            let Some(h) = self.cases[index].take_if(|h| related(h)) else {
                continue;
            };
            let proved = self.prove(&e.plus(&h, -1), depth);
            self.cases[index] = Some(h);
            if proved {
                return true;
            }
        }
        false
    }
}

/// `e` with an atom replaced wherever it is a factor.
fn replace_atom(e: &Expr, atom: &Atom, value: &Expr) -> Expr {
    let mut kept = Vec::new();
    let mut sum = Expr::zero();
    for (mono, coefficient) in e.terms() {
        let Some(at) = mono.iter().position(|(a, _)| a == atom) else {
            kept.push((mono.clone(), *coefficient));
            continue;
        };
        let mut others = mono.clone();
        let (_, power) = others.remove(at);
        let mut product = Expr {
            terms: vec![(others, *coefficient)],
        };
        for _ in 0..power {
            product = &product * value;
        }
        sum = sum.plus(&product, 1);
    }
    sum.plus(&Expr { terms: kept }, 1)
}

//! What is known of symbols, and proofs from it.
//!
//! A proof is sound and incomplete: `true` means proved for every value the facts allow, `false` means not proved.

use super::{Atom, Expr, MAX_SIZE, Monomial, Sym};
use std::cell::RefCell;
use std::collections::HashMap;

/// Bounds of symbols in the order of their definition (a bound may name symbols defined before), and inequalities.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    bounds: Vec<(Sym, Vec<Expr>, Vec<Expr>)>,
    /// Expressions known to be at least zero (from branch conditions and checks).
    nonneg: Vec<Expr>,
    /// Numbers between which the sizes of arrays leave a symbol.
    sizes: Vec<(Sym, i128, i128)>,
    /// What has been asked since the facts changed: passes ask the same of many places.
    asked: RefCell<HashMap<Expr, bool>>,
}

/// How much was known at some point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    bounds: usize,
    nonneg: usize,
    sizes: usize,
}

/// The least and the greatest `int64`.
const INT64: (i128, i128) = (i64::MIN as i128, i64::MAX as i128);
/// Bounds of bounds that [`Facts::interval`] follows.
const BOUNDS: u32 = 8;

/// Steps in a row, and steps in all, after which a proof gives up. Proofs that succeed need a few.
const DEPTH: u32 = 12;
const STEPS: u32 = 2000;
/// Terms and factors that a proof may look at; each step looks at all.
const WORK: u32 = 20_000;
/// Answers that are kept.
const REMEMBERED: usize = 4096;
/// Of the facts, so many may be used one after the other.
const FACTS: u32 = 4;

impl Facts {
    pub fn new() -> Self {
        Self::default()
    }
    /// `low <= symbol <= high`, both inclusive.
    pub fn bound(&mut self, symbol: &Sym, low: Option<Expr>, high: Option<Expr>) {
        self.asked.get_mut().clear();
        self.bounds.push((
            symbol.clone(),
            low.into_iter().collect(),
            high.into_iter().collect(),
        ));
    }
    /// `expression >= 0`.
    pub fn assume_nonneg(&mut self, expression: Expr) {
        if expression.as_int().is_none() {
            self.asked.get_mut().clear();
            self.nonneg.push(expression);
        }
    }
    /// A size that comes from an array's shape.
    pub fn size(&mut self, symbol: &Sym) {
        self.bound(symbol, Some(Expr::zero()), None);
        self.dimension(&Expr::from(symbol));
    }
    /// A dimension of an argument has this size: at most [`MAX_SIZE`].
    pub fn dimension(&mut self, size: &Expr) {
        self.size_within(size, i128::from(MAX_SIZE));
    }
    /// An array with a dimension of this size exists.
    pub fn allocated(&mut self, size: &Expr) {
        self.size_within(size, INT64.1);
    }
    fn size_within(&mut self, size: &Expr, most: i128) {
        if !self.is_nonneg(size) {
            self.assume_nonneg(size.clone());
        }
        for symbol in size.symbols() {
            let Some((factor, rest)) = size.linear_in(&symbol) else {
                continue;
            };
            if let (Some(1), Some(rest)) = (factor.as_int(), rest.as_int()) {
                let (low, high) = (-i128::from(rest), most - i128::from(rest));
                let (known_low, known_high) = self.interval_of_sizes(&symbol);
                if low > known_low || high < known_high {
                    self.asked.get_mut().clear();
                    self.sizes.push((symbol, low, high));
                }
            }
        }
    }
    /// Numbers between which the value lies, from the bounds of symbols; nothing where they are beyond 128 bits.
    pub fn interval(&self, e: &Expr) -> Option<(i128, i128)> {
        self.interval_within(e, BOUNDS)
    }
    /// Whether the value is an `int64` whatever happens.
    pub fn fits_int64(&self, e: &Expr) -> bool {
        self.interval(e)
            .is_some_and(|(low, high)| low >= INT64.0 && high <= INT64.1)
    }
    /// What NumPy's `int64` arithmetic gives: the value itself where it surely fits. Nothing where it is too long to write down.
    pub fn wrapped(&self, e: &Expr) -> Option<Expr> {
        if self.fits_int64(e) {
            Some(e.clone())
        } else {
            e.wrapped()
        }
    }

    fn interval_within(&self, e: &Expr, depth: u32) -> Option<(i128, i128)> {
        let (mut low, mut high) = (0i128, 0i128);
        for (mono, coefficient) in e.terms() {
            let mut product = (*coefficient, *coefficient);
            for (atom, power) in mono {
                let (a, b) = self.interval_of_atom(atom, depth)?;
                // An even power has no sign.
                let least = if power % 2 == 0 && a < 0 {
                    Some(a.checked_abs()?.max(b).checked_pow(*power)?)
                } else {
                    None
                };
                let factor = match least {
                    Some(most) => (0, most),
                    None => (a.checked_pow(*power)?, b.checked_pow(*power)?),
                };
                let corners = [
                    product.0.checked_mul(factor.0)?,
                    product.0.checked_mul(factor.1)?,
                    product.1.checked_mul(factor.0)?,
                    product.1.checked_mul(factor.1)?,
                ];
                product = (
                    corners.iter().copied().min()?,
                    corners.iter().copied().max()?,
                );
            }
            low = low.checked_add(product.0)?;
            high = high.checked_add(product.1)?;
        }
        Some((low, high))
    }

    fn interval_of_sizes(&self, symbol: &Sym) -> (i128, i128) {
        let known = self.sizes.iter().filter(|(s, ..)| s == symbol);
        known.fold(INT64, |(low, high), (_, l, h)| (low.max(*l), high.min(*h)))
    }

    fn interval_of_atom(&self, atom: &Atom, depth: u32) -> Option<(i128, i128)> {
        Some(match atom {
            Atom::Sym(s) => {
                let (mut low, mut high) = self.interval_of_sizes(s);
                if depth > 0
                    && let Some((lows, highs)) = self.bounds_of(s)
                {
                    for bound in lows {
                        if let Some((l, _)) = self.interval_within(bound, depth - 1) {
                            low = low.max(l);
                        }
                    }
                    for bound in highs {
                        if let Some((_, h)) = self.interval_within(bound, depth - 1) {
                            high = high.min(h);
                        }
                    }
                }
                // No value is between bounds that exclude each other.
                (low, high.max(low))
            }
            Atom::Pos(d) => {
                let (low, high) = self.interval_within(d, depth)?;
                (low.max(0), high.max(0))
            }
            Atom::FloorDiv(a, b) => {
                let (low, high) = self.interval_within(a, depth)?;
                match b.as_big() {
                    Some(b) if b > 0 => (low.div_euclid(b), high.div_euclid(b)),
                    _ => {
                        let most = low.checked_abs()?.max(high.checked_abs()?).max(1);
                        (-most, most)
                    }
                }
            }
            Atom::Mod(_, b) => {
                let (low, high) = self.interval_within(b, depth)?;
                (low.min(1) - 1, high.max(1) - 1)
            }
            Atom::Wrap(e) => match self.interval_within(e, depth) {
                Some((low, high)) if low >= INT64.0 && high <= INT64.1 => (low, high),
                _ => INT64,
            },
        })
    }
    /// How many facts there are, to go back to with [`Facts::truncate`] at the end of a scope.
    pub fn mark(&self) -> Mark {
        Mark {
            bounds: self.bounds.len(),
            nonneg: self.nonneg.len(),
            sizes: self.sizes.len(),
        }
    }
    pub fn truncate(&mut self, mark: Mark) {
        if mark != self.mark() {
            self.asked.get_mut().clear();
        }
        self.bounds.truncate(mark.bounds);
        self.nonneg.truncate(mark.nonneg);
        self.sizes.truncate(mark.sizes);
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
        if let Some(known) = self.asked.borrow().get(e) {
            return *known;
        }
        let mut prover = Prover {
            facts: self,
            used: vec![false; self.nonneg.len()],
            cases: Vec::new(),
            steps: STEPS.min(WORK / (e.length() as u32).max(1)),
        };
        let proved = prover.obvious_but_for_one(e) || prover.prove(e, DEPTH);
        let mut asked = self.asked.borrow_mut();
        if asked.len() >= REMEMBERED {
            asked.clear();
        }
        asked.insert(e.clone(), proved);
        proved
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
        // A step takes as long as the expression is.
        self.steps = self.steps.saturating_sub(1 + e.terms().len() as u32 / 16);
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
                    Atom::Wrap(inner) => {
                        if !alone {
                            continue;
                        }
                        // What cannot be too large is at least the value itself, what cannot be too small at most.
                        let (low, high) =
                            self.facts.interval(inner).unwrap_or((i128::MIN, i128::MAX));
                        let bound = match *coefficient > 0 {
                            true if high <= INT64.1 => (**inner).clone(),
                            true => Expr::big(INT64.0),
                            false if low >= INT64.0 => (**inner).clone(),
                            false => Expr::big(INT64.1),
                        };
                        if self.prove(&rest().plus(&bound, *coefficient), depth - 1) {
                            return true;
                        }
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

    /// Obvious with `d` in place of one `max(0, d)`, which is at least that. Without cases, of which there are many in a sum of many such.
    fn obvious_but_for_one(&mut self, e: &Expr) -> bool {
        e.terms().iter().any(|(mono, coefficient)| {
            let [(atom @ Atom::Pos(d), 1)] = mono.as_slice() else {
                return false;
            };
            let held = |(m, _): &&(Monomial, i128)| m.iter().any(|(a, _)| a == atom);
            *coefficient > 0
                && e.terms().iter().filter(held).count() == 1
                && self.obvious(&replace_atom(e, atom, d))
        })
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
            Atom::Wrap(_) => self
                .facts
                .interval_of_atom(atom, BOUNDS)
                .is_some_and(|(low, _)| low >= 0),
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

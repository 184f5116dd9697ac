//! Integer expressions in canonical form: a polynomial over atoms.
//!
//! Two expressions that are equal as polynomials over the same atoms are structurally equal, so `==` decides
//! equality. Atoms are symbols, floor division, modulo, `max(0, d)` to which every minimum and maximum is reduced:
//! `max(a, b) = a + max(0, b - a)`, written with the sign that makes the leading coefficient of `d` positive, and
//! `int64(e)`, the value of NumPy's arithmetic, which wraps.
//!
//! Values are the integers of mathematics, so whatever holds of the polynomial holds of the value. What NumPy computes modulo 2^64 says
//! so: `int64(n + 1)` is `n + 1` only where that fits. A symbol's own value is an `int64`; an expression whose value is not has none where the program needs it
//! (an error at run time).

use super::arith::{divide_monomial, graded, times};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// The name of an integer symbol. Within one SDFG a name means one thing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(Arc<str>);

impl Sym {
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Sym {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Terms and factors of an expression that is computed with.
const LONGEST: usize = 200;

/// The powers of the factors of one of its terms, together.
const DEGREE: u32 = 16;

/// What a monomial multiplies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    Sym(Sym),
    /// `max(0, d)`; the leading coefficient of `d` is positive.
    Pos(Box<Expr>),
    /// Floor division; the divisor is not zero (a division by zero has no value).
    FloorDiv(Box<Expr>, Box<Expr>),
    /// Python's modulo: the sign follows the divisor.
    Mod(Box<Expr>, Box<Expr>),
    /// The `int64` that is congruent modulo 2^64. The expression holds no `Wrap` that would change nothing, and coefficients from -2^63 to 2^63 - 1.
    Wrap(Box<Expr>),
}

/// The largest size of a dimension: more no machine can address. Functions refuse larger arguments.
pub const MAX_SIZE: i64 = 1 << 47;

/// More terms than this are no help to anyone.
const MAX_TERMS: usize = 64;

/// A product of powers of atoms, sorted; empty for the constant term.
pub type Monomial = Vec<(Atom, u32)>;

/// An integer expression: a sorted sum of `coefficient * monomial` without zero coefficients.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Expr {
    pub(super) terms: Vec<(Monomial, i128)>,
}

impl Expr {
    pub fn zero() -> Self {
        Self::default()
    }
    pub fn one() -> Self {
        Self::int(1)
    }
    pub fn int(value: i64) -> Self {
        Self::big(i128::from(value))
    }
    pub fn big(value: i128) -> Self {
        if value == 0 {
            Self::default()
        } else {
            Self {
                terms: vec![(Vec::new(), value)],
            }
        }
    }
    pub fn sym(name: impl Into<Sym>) -> Self {
        Self::atom(Atom::Sym(name.into()))
    }
    pub(super) fn atom(atom: Atom) -> Self {
        Self {
            terms: vec![(vec![(atom, 1)], 1)],
        }
    }

    /// The terms, sorted by monomial; the constant term, if any, comes first.
    pub fn terms(&self) -> &[(Monomial, i128)] {
        &self.terms
    }

    /// The value, if the expression is a constant that fits.
    pub fn as_int(&self) -> Option<i64> {
        self.as_big().and_then(|v| i64::try_from(v).ok())
    }
    /// The value, if the expression is a constant.
    pub fn as_big(&self) -> Option<i128> {
        match self.terms.as_slice() {
            [] => Some(0),
            [(m, c)] if m.is_empty() => Some(*c),
            _ => None,
        }
    }
    /// The symbol, if the expression is exactly one.
    pub fn as_sym(&self) -> Option<&Sym> {
        match self.terms.as_slice() {
            [(m, 1)] => match m.as_slice() {
                [(Atom::Sym(s), 1)] => Some(s),
                _ => None,
            },
            _ => None,
        }
    }
    /// Whether it is too long to be computed with: what is, is better computed at run time than known.
    pub fn is_long(&self) -> bool {
        self.length() > LONGEST || self.degree() > DEGREE
    }
    /// Whether a product is short enough to be formed: it may have as many terms as its factors have together, multiplied.
    pub fn may_multiply(&self, other: &Self) -> bool {
        self.terms.len().saturating_mul(other.terms.len()) <= LONGEST
            && self.degree().saturating_add(other.degree()) <= DEGREE
    }
    /// Terms and factors, those within `max`, `//` and `%` included.
    pub fn length(&self) -> usize {
        let factor = |(atom, _): &(Atom, u32)| match atom {
            Atom::Sym(_) => 1,
            Atom::Pos(d) | Atom::Wrap(d) => 1 + d.length(),
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) => 1 + a.length() + b.length(),
        };
        let term = |(mono, _): &(Monomial, i128)| 1 + mono.iter().map(factor).sum::<usize>();
        self.terms.iter().map(term).sum()
    }
    /// The most factors of a term, also within `max`, `//` and `%`.
    pub fn degree(&self) -> u32 {
        let within = |atom: &Atom| match atom {
            Atom::Sym(_) => 1,
            Atom::Pos(d) | Atom::Wrap(d) => d.degree(),
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) => a.degree().max(b.degree()),
        };
        let of = |mono: &Monomial| {
            mono.iter().fold(0u32, |n, (atom, power)| {
                n.saturating_add(within(atom).max(1).saturating_mul(*power))
            })
        };
        self.terms
            .iter()
            .map(|(mono, _)| of(mono))
            .max()
            .unwrap_or(0)
    }
    /// Whether all its numbers are small enough for sums and products of two such to be exact.
    pub fn is_exact(&self) -> bool {
        self.terms.iter().all(|(mono, c)| {
            c.unsigned_abs() < 1 << 126
                && mono.iter().all(|(atom, _)| match atom {
                    Atom::Sym(_) => true,
                    Atom::Pos(d) | Atom::Wrap(d) => d.is_exact(),
                    Atom::FloorDiv(a, b) | Atom::Mod(a, b) => a.is_exact() && b.is_exact(),
                })
        })
    }
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }
    /// The constant term.
    pub fn constant(&self) -> i128 {
        self.terms
            .first()
            .filter(|(m, _)| m.is_empty())
            .map_or(0, |(_, c)| *c)
    }
    fn leading(&self) -> i128 {
        self.terms.last().map_or(0, |(_, c)| *c)
    }

    pub fn floor_div(&self, divisor: &Self) -> Self {
        match (self.as_big(), divisor.as_big()) {
            (_, Some(1)) => return self.clone(),
            (_, Some(-1)) => return -self,
            (_, Some(0)) => {
                return Self::atom(Atom::FloorDiv(Box::new(self.clone()), Box::default()));
            }
            (Some(0), _) => return Self::zero(),
            (Some(a), Some(b)) => return Self::big(floor_div(a, b)),
            _ => {}
        }
        // Split off what divides exactly: floor((q*c + r) / c) = q + floor(r / c).
        if let Some((quotient, rest)) = self.split_multiples(divisor)
            && !quotient.is_zero()
        {
            return quotient + rest.floor_div(divisor);
        }
        Self::atom(Atom::FloorDiv(
            Box::new(self.clone()),
            Box::new(divisor.clone()),
        ))
    }

    /// Python's `%`.
    pub fn modulo(&self, divisor: &Self) -> Self {
        match (self.as_big(), divisor.as_big()) {
            (_, Some(0)) => return Self::atom(Atom::Mod(Box::new(self.clone()), Box::default())),
            (Some(0), _) | (_, Some(1 | -1)) => return Self::zero(),
            (Some(a), Some(b)) => return Self::big(modulo(a, b)),
            _ => {}
        }
        let rest = self
            .split_multiples(divisor)
            .map_or_else(|| self.clone(), |(_, rest)| rest);
        if rest != *self {
            return rest.modulo(divisor);
        }
        Self::atom(Atom::Mod(Box::new(rest), Box::new(divisor.clone())))
    }

    /// `self = quotient * divisor + rest` with whole terms moved into the quotient; for a constant divisor the
    /// constant term is split with a non-negative remainder.
    pub(super) fn split_multiples(&self, divisor: &Self) -> Option<(Self, Self)> {
        let (mut quotient, mut rest) = (BTreeMap::new(), BTreeMap::new());
        match divisor.terms.as_slice() {
            [(m, c)] if m.is_empty() => {
                for (mono, coefficient) in &self.terms {
                    let q = coefficient.div_euclid(*c);
                    let r = coefficient.rem_euclid(*c);
                    if mono.is_empty() || r == 0 {
                        quotient.insert(mono.clone(), q);
                        rest.insert(mono.clone(), r);
                    } else {
                        rest.insert(mono.clone(), *coefficient);
                    }
                }
            }
            [(divisor_mono, c)] => {
                for (mono, coefficient) in &self.terms {
                    match divide_monomial(mono, divisor_mono) {
                        Some(left) if coefficient % c == 0 => {
                            quotient.insert(left, coefficient / c);
                        }
                        _ => {
                            rest.insert(mono.clone(), *coefficient);
                        }
                    }
                }
            }
            _ => return Some((self.long_div(divisor)?, Self::zero())),
        }
        Some((from_map(quotient), from_map(rest)))
    }

    /// The quotient, if `divisor` divides without rest.
    pub fn exact_div(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(Self::zero());
        }
        self.split_multiples(divisor)
            .and_then(|(q, r)| r.is_zero().then_some(q))
    }

    /// Division by the leading term, which the leading term of what is left has to contain; without rest.
    fn long_div(&self, divisor: &Self) -> Option<Self> {
        let leading = |e: &Self| e.terms.iter().max_by(|a, b| graded(&a.0, &b.0)).cloned();
        let (lead, by) = leading(divisor)?;
        let (mut quotient, mut rest) = (Self::zero(), self.clone());
        while let Some((mono, coefficient)) = leading(&rest) {
            if coefficient % by != 0 {
                return None;
            }
            let term = Self {
                terms: vec![(divide_monomial(&mono, &lead)?, coefficient / by)],
            };
            rest = rest.plus(&(&term * divisor), -1);
            quotient = quotient + term;
        }
        Some(quotient)
    }

    /// `self` as an `int64` that wraps; nothing where the sum would have too many terms.
    pub fn wrapped(&self) -> Option<Self> {
        if let Some(v) = self.as_big() {
            return Some(Self::big(i128::from(v as i64)));
        }
        // What is added or multiplied wraps at the end anyway.
        let mut sum = BTreeMap::new();
        for (mono, coefficient) in &self.terms {
            let mut product = vec![(Vec::new(), i128::from(*coefficient as i64))];
            for (atom, power) in mono {
                let factor = match atom {
                    Atom::Wrap(inner) => inner.terms.clone(),
                    atom => vec![(vec![(atom.clone(), 1)], 1)],
                };
                for _ in 0..*power {
                    product = product_modulo(&product, &factor)?;
                }
            }
            for (mono, coefficient) in product {
                add_modulo(&mut sum, mono, coefficient);
            }
        }
        let inner = from_map(sum);
        if inner.terms.len() > MAX_TERMS {
            return None;
        }
        Some(if inner.as_big().is_some() || inner.as_sym().is_some() {
            inner
        } else {
            Self::atom(Atom::Wrap(Box::new(inner)))
        })
    }
    /// What wraps, if the expression is nothing else.
    pub fn as_wrapped(&self) -> Option<&Self> {
        match self.terms.as_slice() {
            [(m, 1)] => match m.as_slice() {
                [(Atom::Wrap(inner), 1)] => Some(inner),
                _ => None,
            },
            _ => None,
        }
    }
    /// Neither a number nor computable: stands for what has left the range of coefficients. Using its value is an error at run time.
    pub(super) fn no_value() -> Self {
        Self::atom(Atom::FloorDiv(Box::new(Self::one()), Box::default()))
    }

    /// `max(0, self)`.
    pub fn pos(&self) -> Self {
        if let Some(v) = self.as_big() {
            return Self::big(v.max(0));
        }
        // max(0, max(0, d)) = max(0, d)
        if let [(m, c)] = self.terms.as_slice()
            && *c > 0
            && let [(Atom::Pos(_), 1)] = m.as_slice()
        {
            return self.clone();
        }
        // max(0, c * d) = c * max(0, d)
        let content = self
            .terms
            .iter()
            .fold(0, |g, (_, c)| gcd(g, c.unsigned_abs()));
        if content > 1
            && let Ok(c) = i128::try_from(content)
        {
            let terms = self.terms.iter().map(|(m, k)| (m.clone(), k / c)).collect();
            return Self { terms }.pos().scale(c);
        }
        if self.leading() > 0 {
            Self::atom(Atom::Pos(Box::new(self.clone())))
        } else {
            // max(0, -d) = -d + max(0, d)
            self + &(-self).pos()
        }
    }
    pub fn maximum(&self, other: &Self) -> Self {
        self + &(other - self).pos()
    }
    pub fn minimum(&self, other: &Self) -> Self {
        self - &(self - other).pos()
    }
    /// `ceil(self / divisor)`.
    pub fn ceil_div(&self, divisor: &Self) -> Self {
        -(-self).floor_div(divisor)
    }
    pub fn scale(&self, factor: i128) -> Self {
        if factor == 0 {
            return Self::zero();
        }
        let terms: Option<Vec<_>> = self
            .terms
            .iter()
            .map(|(m, c)| Some((m.clone(), c.checked_mul(factor)?)))
            .collect();
        terms.map_or_else(Self::no_value, |terms| Self { terms })
    }

    /// Replaces symbols; the result is canonical again.
    pub fn subs(&self, replace: &dyn Fn(&Sym) -> Option<Self>) -> Self {
        let affected = |mono: &Monomial| any_sym_of(mono, &|s| replace(s).is_some());
        if !self.terms.iter().any(|(mono, _)| affected(mono)) {
            return self.clone();
        }
        let mut kept = Vec::new();
        let mut sum = Self::zero();
        for (mono, coefficient) in &self.terms {
            if !affected(mono) {
                kept.push((mono.clone(), *coefficient));
                continue;
            }
            let mut product = Self::big(*coefficient);
            for (atom, power) in mono {
                let value = match atom {
                    Atom::Sym(s) => replace(s).unwrap_or_else(|| Self::sym(s.clone())),
                    Atom::Pos(d) => d.subs(replace).pos(),
                    Atom::FloorDiv(a, b) => a.subs(replace).floor_div(&b.subs(replace)),
                    Atom::Mod(a, b) => a.subs(replace).modulo(&b.subs(replace)),
                    Atom::Wrap(e) => {
                        let e = e.subs(replace);
                        e.wrapped()
                            .unwrap_or_else(|| Self::atom(Atom::Wrap(Box::new(e))))
                    }
                };
                for _ in 0..*power {
                    product = &product * &value;
                }
            }
            sum = sum.plus(&product, 1);
        }
        sum.plus(&Self { terms: kept }, 1)
    }
    pub fn subs_one(&self, symbol: &Sym, value: &Self) -> Self {
        self.subs(&|s| (s == symbol).then(|| value.clone()))
    }

    /// Holds a quotient or a remainder.
    pub fn divides(&self) -> bool {
        self.terms
            .iter()
            .flat_map(|(mono, _)| mono)
            .any(|(atom, _)| match atom {
                Atom::Sym(_) => false,
                Atom::Pos(d) => d.divides(),
                Atom::Wrap(e) => e.divides(),
                Atom::FloorDiv(..) | Atom::Mod(..) => true,
            })
    }

    /// The value under an assignment, exactly; `None` when a symbol is unknown, a divisor is zero, or it does not fit.
    pub fn eval(&self, value_of: &dyn Fn(&Sym) -> Option<i64>) -> Option<i64> {
        self.eval_big(value_of).and_then(|v| i64::try_from(v).ok())
    }
    fn eval_big(&self, value_of: &dyn Fn(&Sym) -> Option<i64>) -> Option<i128> {
        let mut sum = 0i128;
        for (mono, coefficient) in &self.terms {
            let mut product = *coefficient;
            for (atom, power) in mono {
                let value = match atom {
                    Atom::Sym(s) => i128::from(value_of(s)?),
                    Atom::Pos(d) => d.eval_big(value_of)?.max(0),
                    Atom::FloorDiv(a, b) => {
                        let (a, b) = (a.eval_big(value_of)?, b.eval_big(value_of)?);
                        if b == 0 {
                            return None;
                        }
                        a.checked_div_euclid(b)?;
                        floor_div(a, b)
                    }
                    Atom::Mod(a, b) => {
                        let (a, b) = (a.eval_big(value_of)?, b.eval_big(value_of)?);
                        if b == 0 {
                            return None;
                        }
                        a.checked_rem_euclid(b)?;
                        modulo(a, b)
                    }
                    Atom::Wrap(e) => i128::from(e.eval_modulo(value_of)?),
                };
                for _ in 0..*power {
                    product = product.checked_mul(value)?;
                }
            }
            sum = sum.checked_add(product)?;
        }
        Some(sum)
    }
    /// The value modulo 2^64. Divisions and the like inside are exact.
    fn eval_modulo(&self, value_of: &dyn Fn(&Sym) -> Option<i64>) -> Option<i64> {
        let mut sum = 0i64;
        for (mono, coefficient) in &self.terms {
            let mut product = *coefficient as i64;
            for (atom, power) in mono {
                let value = Self::atom(atom.clone()).eval_big(value_of)? as i64;
                for _ in 0..*power {
                    product = product.wrapping_mul(value);
                }
            }
            sum = sum.wrapping_add(product);
        }
        Some(sum)
    }

    fn any_sym(&self, test: &dyn Fn(&Sym) -> bool) -> bool {
        self.terms.iter().any(|(mono, _)| any_sym_of(mono, test))
    }
    pub fn contains(&self, symbol: &Sym) -> bool {
        self.any_sym(&|s| s == symbol)
    }
    pub(super) fn shares_symbol(&self, other: &Self) -> bool {
        self.any_sym(&|s| other.contains(s))
    }
    pub fn collect_symbols(&self, into: &mut BTreeSet<Sym>) {
        for (mono, _) in &self.terms {
            for (atom, _) in mono {
                match atom {
                    Atom::Sym(s) => {
                        into.insert(s.clone());
                    }
                    Atom::Pos(e) | Atom::Wrap(e) => e.collect_symbols(into),
                    Atom::FloorDiv(a, b) | Atom::Mod(a, b) => {
                        a.collect_symbols(into);
                        b.collect_symbols(into);
                    }
                }
            }
        }
    }
    pub fn symbols(&self) -> BTreeSet<Sym> {
        let mut set = BTreeSet::new();
        self.collect_symbols(&mut set);
        set
    }

    /// `Some((a, b))` with `self = a * symbol + b`, neither containing `symbol` (not even inside `max`, `//` or `%`).
    pub fn linear_in(&self, symbol: &Sym) -> Option<(Self, Self)> {
        let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
        for (mono, coefficient) in &self.terms {
            let mut rest = Vec::with_capacity(mono.len());
            let mut found = false;
            for (atom, power) in mono {
                match atom {
                    Atom::Sym(s) if s == symbol => {
                        if *power != 1 {
                            return None;
                        }
                        found = true;
                    }
                    Atom::Pos(e) | Atom::Wrap(e) if e.contains(symbol) => return None,
                    Atom::FloorDiv(x, y) | Atom::Mod(x, y)
                        if x.contains(symbol) || y.contains(symbol) =>
                    {
                        return None;
                    }
                    _ => rest.push((atom.clone(), *power)),
                }
            }
            *(if found { &mut a } else { &mut b })
                .entry(rest)
                .or_insert(0) += coefficient;
        }
        Some((from_map(a), from_map(b)))
    }
}

pub(super) fn from_map(map: BTreeMap<Monomial, i128>) -> Expr {
    Expr {
        terms: map.into_iter().filter(|(_, c)| *c != 0).collect(),
    }
}

/// Adds to a coefficient, modulo 2^64.
fn add_modulo(sum: &mut BTreeMap<Monomial, i128>, mono: Monomial, coefficient: i128) {
    let entry = sum.entry(mono).or_insert(0);
    *entry = i128::from((*entry as i64).wrapping_add(coefficient as i64));
}

/// The product, coefficients modulo 2^64; nothing where it has too many terms.
fn product_modulo(a: &[(Monomial, i128)], b: &[(Monomial, i128)]) -> Option<Vec<(Monomial, i128)>> {
    let mut sum = BTreeMap::new();
    for (ma, ca) in a {
        for (mb, cb) in b {
            let coefficient = (*ca as i64).wrapping_mul(*cb as i64);
            add_modulo(&mut sum, times(ma, mb), i128::from(coefficient));
        }
        if sum.len() > MAX_TERMS {
            return None;
        }
    }
    Some(sum.into_iter().collect())
}

fn any_sym_of(mono: &Monomial, test: &dyn Fn(&Sym) -> bool) -> bool {
    mono.iter().any(|(atom, _)| match atom {
        Atom::Sym(s) => test(s),
        Atom::Pos(e) | Atom::Wrap(e) => e.any_sym(test),
        Atom::FloorDiv(a, b) | Atom::Mod(a, b) => a.any_sym(test) || b.any_sym(test),
    })
}

/// Python's `//` of numbers; the divisor is neither 0 nor, for the smallest number, -1.
fn floor_div(a: i128, b: i128) -> i128 {
    a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0)
}

/// Python's `%` of numbers, likewise.
fn modulo(a: i128, b: i128) -> i128 {
    let r = a.rem_euclid(b);
    if b < 0 && r != 0 { r + b } else { r }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

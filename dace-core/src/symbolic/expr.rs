//! Integer expressions in canonical form: a polynomial over atoms.
//!
//! Two expressions that are equal as polynomials over the same atoms are structurally equal, so `==` decides
//! equality. Atoms are symbols, floor division, modulo, and `max(0, d)` to which every minimum and maximum is reduced:
//! `max(a, b) = a + max(0, b - a)`, written with the sign that makes the leading coefficient of `d` positive.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
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
}

/// A product of powers of atoms, sorted; empty for the constant term.
pub type Monomial = Vec<(Atom, u32)>;

/// An integer expression: a sorted sum of `coefficient * monomial` without zero coefficients.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Expr {
    terms: Vec<(Monomial, i128)>,
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
        if value == 0 { Self::default() } else { Self { terms: vec![(Vec::new(), value)] } }
    }
    pub fn sym(name: impl Into<Sym>) -> Self {
        Self::atom(Atom::Sym(name.into()))
    }
    pub(super) fn from_atom(atom: Atom) -> Self {
        Self::atom(atom)
    }
    fn atom(atom: Atom) -> Self {
        Self { terms: vec![(vec![(atom, 1)], 1)] }
    }

    /// The terms, sorted by monomial; the constant term, if any, comes first.
    pub fn terms(&self) -> &[(Monomial, i128)] {
        &self.terms
    }

    fn from_map(map: BTreeMap<Monomial, i128>) -> Self {
        Self { terms: map.into_iter().filter(|(_, c)| *c != 0).collect() }
    }

    /// The value, if the expression is a constant that fits.
    pub fn as_int(&self) -> Option<i64> {
        self.as_big().and_then(|v| i64::try_from(v).ok())
    }
    fn as_big(&self) -> Option<i128> {
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
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }
    /// The constant term.
    pub fn constant(&self) -> i128 {
        self.terms.first().filter(|(m, _)| m.is_empty()).map_or(0, |(_, c)| *c)
    }
    fn leading(&self) -> i128 {
        self.terms.last().map_or(0, |(_, c)| *c)
    }

    pub fn floor_div(&self, divisor: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.as_big(), divisor.as_big())
            && b != 0
        {
            return Self::big(a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0));
        }
        if divisor.as_big() == Some(1) {
            return self.clone();
        }
        if divisor.as_big() == Some(-1) {
            return -self;
        }
        // Split off what divides exactly: floor((q*c + r) / c) = q + floor(r / c).
        if let Some((quotient, rest)) = self.split_multiples(divisor)
            && !quotient.is_zero()
        {
            return quotient + rest.floor_div(divisor);
        }
        if self.is_zero() {
            return Self::zero();
        }
        Self::atom(Atom::FloorDiv(Box::new(self.clone()), Box::new(divisor.clone())))
    }

    /// Python's `%`.
    pub fn modulo(&self, divisor: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.as_big(), divisor.as_big())
            && b != 0
        {
            let r = a.rem_euclid(b);
            return Self::big(if b < 0 && r != 0 { r + b } else { r });
        }
        if matches!(divisor.as_big(), Some(1 | -1)) || self.is_zero() {
            return Self::zero();
        }
        let rest = self.split_multiples(divisor).map_or_else(|| self.clone(), |(_, rest)| rest);
        if rest != *self {
            return rest.modulo(divisor);
        }
        Self::atom(Atom::Mod(Box::new(rest), Box::new(divisor.clone())))
    }

    /// `self = quotient * divisor + rest` with whole terms moved into the quotient; for a constant divisor the
    /// constant term is split with a non-negative remainder.
    fn split_multiples(&self, divisor: &Self) -> Option<(Self, Self)> {
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
            _ => return (self == divisor).then(|| (Self::one(), Self::zero())),
        }
        Some((Self::from_map(quotient), Self::from_map(rest)))
    }

    /// The quotient, if `divisor` divides every term exactly.
    pub fn exact_div(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        self.split_multiples(divisor).and_then(|(q, r)| r.is_zero().then_some(q))
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
        if self.leading() > 0 {
            Self::atom(Atom::Pos(Box::new(self.clone())))
        } else {
            // max(0, -d) = -d + max(0, d)
            self + &Self::atom(Atom::Pos(Box::new(-self)))
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
        Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), c.saturating_mul(factor))).collect() }
    }

    /// Replaces symbols; the result is canonical again.
    pub fn subs(&self, replace: &dyn Fn(&Sym) -> Option<Self>) -> Self {
        if !self.any_sym(&|s| replace(s).is_some()) {
            return self.clone();
        }
        let mut sum = Self::zero();
        for (mono, coefficient) in &self.terms {
            let mut product = Self::big(*coefficient);
            for (atom, power) in mono {
                let value = match atom {
                    Atom::Sym(s) => replace(s).unwrap_or_else(|| Self::sym(s.clone())),
                    Atom::Pos(d) => d.subs(replace).pos(),
                    Atom::FloorDiv(a, b) => a.subs(replace).floor_div(&b.subs(replace)),
                    Atom::Mod(a, b) => a.subs(replace).modulo(&b.subs(replace)),
                };
                for _ in 0..*power {
                    product = &product * &value;
                }
            }
            sum = sum + product;
        }
        sum
    }
    pub fn subs_one(&self, symbol: &Sym, value: &Self) -> Self {
        self.subs(&|s| (s == symbol).then(|| value.clone()))
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
                        a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0)
                    }
                    Atom::Mod(a, b) => {
                        let (a, b) = (a.eval_big(value_of)?, b.eval_big(value_of)?);
                        if b == 0 {
                            return None;
                        }
                        let r = a.rem_euclid(b);
                        if b < 0 && r != 0 { r + b } else { r }
                    }
                };
                for _ in 0..*power {
                    product = product.checked_mul(value)?;
                }
            }
            sum = sum.checked_add(product)?;
        }
        Some(sum)
    }

    fn any_sym(&self, test: &dyn Fn(&Sym) -> bool) -> bool {
        self.terms.iter().any(|(mono, _)| {
            mono.iter().any(|(atom, _)| match atom {
                Atom::Sym(s) => test(s),
                Atom::Pos(d) => d.any_sym(test),
                Atom::FloorDiv(a, b) | Atom::Mod(a, b) => a.any_sym(test) || b.any_sym(test),
            })
        })
    }
    pub fn contains(&self, symbol: &Sym) -> bool {
        self.any_sym(&|s| s == symbol)
    }
    pub fn collect_symbols(&self, into: &mut BTreeSet<Sym>) {
        for (mono, _) in &self.terms {
            for (atom, _) in mono {
                match atom {
                    Atom::Sym(s) => {
                        into.insert(s.clone());
                    }
                    Atom::Pos(d) => d.collect_symbols(into),
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
                    Atom::Pos(d) if d.contains(symbol) => return None,
                    Atom::FloorDiv(x, y) | Atom::Mod(x, y) if x.contains(symbol) || y.contains(symbol) => return None,
                    _ => rest.push((atom.clone(), *power)),
                }
            }
            *(if found { &mut a } else { &mut b }).entry(rest).or_insert(0) += coefficient;
        }
        Some((Self::from_map(a), Self::from_map(b)))
    }
}

fn divide_monomial(mono: &Monomial, by: &Monomial) -> Option<Monomial> {
    let mut result = mono.clone();
    for (atom, power) in by {
        let at = result.iter().position(|(a, p)| a == atom && p >= power)?;
        result[at].1 -= power;
        if result[at].1 == 0 {
            result.remove(at);
        }
    }
    Some(result)
}

impl Add<&Expr> for &Expr {
    type Output = Expr;
    fn add(self, other: &Expr) -> Expr {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut i, mut j) = (0, 0);
        while i < self.terms.len() && j < other.terms.len() {
            let ((ma, ca), (mb, cb)) = (&self.terms[i], &other.terms[j]);
            match ma.cmp(mb) {
                std::cmp::Ordering::Less => {
                    terms.push((ma.clone(), *ca));
                    i += 1;
                }
                std::cmp::Ordering::Greater => {
                    terms.push((mb.clone(), *cb));
                    j += 1;
                }
                std::cmp::Ordering::Equal => {
                    let c = ca.saturating_add(*cb);
                    if c != 0 {
                        terms.push((ma.clone(), c));
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        terms.extend_from_slice(&self.terms[i..]);
        terms.extend_from_slice(&other.terms[j..]);
        Expr { terms }
    }
}

impl Mul<&Expr> for &Expr {
    type Output = Expr;
    fn mul(self, other: &Expr) -> Expr {
        let mut map = BTreeMap::new();
        for (ma, ca) in &self.terms {
            for (mb, cb) in &other.terms {
                let mut powers: BTreeMap<&Atom, u32> = BTreeMap::new();
                for (atom, power) in ma.iter().chain(mb) {
                    *powers.entry(atom).or_insert(0) += power;
                }
                let mono: Monomial = powers.into_iter().map(|(a, p)| (a.clone(), p)).collect();
                let entry = map.entry(mono).or_insert(0i128);
                *entry = entry.saturating_add(ca.saturating_mul(*cb));
            }
        }
        Expr::from_map(map)
    }
}

impl Neg for &Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        self.scale(-1)
    }
}
impl Neg for Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        self.scale(-1)
    }
}
impl Sub<&Expr> for &Expr {
    type Output = Expr;
    fn sub(self, other: &Expr) -> Expr {
        self + &(-other)
    }
}

macro_rules! owned_operators {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait for Expr { type Output = Expr; fn $method(self, other: Expr) -> Expr { (&self).$method(&other) } }
        impl $trait<&Expr> for Expr { type Output = Expr; fn $method(self, other: &Expr) -> Expr { (&self).$method(other) } }
        impl $trait<Expr> for &Expr { type Output = Expr; fn $method(self, other: Expr) -> Expr { self.$method(&other) } }
        impl $trait<i64> for Expr { type Output = Expr; fn $method(self, other: i64) -> Expr { (&self).$method(&Expr::int(other)) } }
        impl $trait<i64> for &Expr { type Output = Expr; fn $method(self, other: i64) -> Expr { self.$method(&Expr::int(other)) } }
    )*};
}
owned_operators!(Add add, Sub sub, Mul mul);

impl From<i64> for Expr {
    fn from(value: i64) -> Self {
        Self::int(value)
    }
}
impl From<Sym> for Expr {
    fn from(symbol: Sym) -> Self {
        Self::sym(symbol)
    }
}
impl From<&Sym> for Expr {
    fn from(symbol: &Sym) -> Self {
        Self::sym(symbol.clone())
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sym(s) => write!(f, "{s}"),
            Self::Pos(d) => write!(f, "max(0, {d})"),
            Self::FloorDiv(a, b) => write!(f, "({a}) // ({b})"),
            Self::Mod(a, b) => write!(f, "({a}) % ({b})"),
        }
    }
}

/// Python syntax: what it prints, [`super::parse`] reads back to an equal expression.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        // Non-constant terms first reads better: `N - 1`, not `-1 + N`.
        let order = self.terms.iter().filter(|(m, _)| !m.is_empty());
        let constant = self.terms.iter().filter(|(m, _)| m.is_empty());
        // A leading minus reads worse than a leading plus.
        let (positive, negative): (Vec<_>, Vec<_>) = order.chain(constant).partition(|(_, c)| *c > 0);
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
                    match atom {
                        Atom::FloorDiv(..) | Atom::Mod(..) => write!(f, "({atom})")?,
                        _ => write!(f, "{atom}")?,
                    }
                }
            }
        }
        Ok(())
    }
}

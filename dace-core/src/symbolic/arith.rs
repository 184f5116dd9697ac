//! Arithmetic of expressions: monomials multiply by adding powers, sums merge in order.

use super::expr::from_map;
use super::{Expr, Monomial, Sym};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::{Add, Mul, Neg, Sub};

impl Expr {
    /// `self + factor * other`; no value where a coefficient leaves the range of numbers.
    pub(super) fn plus(&self, other: &Self, factor: i128) -> Self {
        self.checked_plus(other, factor)
            .unwrap_or_else(Self::no_value)
    }

    fn checked_plus(&self, other: &Self, factor: i128) -> Option<Self> {
        if other.terms.is_empty() {
            return Some(self.clone());
        }
        if self.terms.is_empty() {
            return Some(other.scale(factor));
        }
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut i, mut j) = (0, 0);
        let scaled = |(m, c): &(Monomial, i128)| Some((m.clone(), c.checked_mul(factor)?));
        while i < self.terms.len() && j < other.terms.len() {
            let ((ma, ca), (mb, cb)) = (&self.terms[i], &other.terms[j]);
            match ma.cmp(mb) {
                Ordering::Less => {
                    terms.push((ma.clone(), *ca));
                    i += 1;
                }
                Ordering::Greater => {
                    terms.push(scaled(&other.terms[j])?);
                    j += 1;
                }
                Ordering::Equal => {
                    let c = ca.checked_add(cb.checked_mul(factor)?)?;
                    if c != 0 {
                        terms.push((ma.clone(), c));
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        terms.extend_from_slice(&self.terms[i..]);
        for term in &other.terms[j..] {
            terms.push(scaled(term)?);
        }
        Some(Self { terms })
    }
}

impl Add<&Expr> for &Expr {
    type Output = Expr;
    fn add(self, other: &Expr) -> Expr {
        self.plus(other, 1)
    }
}

impl Mul<&Expr> for &Expr {
    type Output = Expr;
    fn mul(self, other: &Expr) -> Expr {
        if let Some(c) = other.as_big() {
            return self.scale(c);
        }
        if let Some(c) = self.as_big() {
            return other.scale(c);
        }
        let mut map = BTreeMap::new();
        for (ma, ca) in &self.terms {
            for (mb, cb) in &other.terms {
                let entry = map.entry(times(ma, mb)).or_insert(0i128);
                let sum = ca.checked_mul(*cb).and_then(|c| entry.checked_add(c));
                let Some(sum) = sum else {
                    return Expr::no_value();
                };
                *entry = sum;
            }
        }
        from_map(map)
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
        self.plus(other, -1)
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

/// An order of monomials that multiplication respects: by degree, then by the powers of the atoms.
pub(super) fn graded(a: &Monomial, b: &Monomial) -> Ordering {
    let degree = |m: &Monomial| m.iter().map(|(_, p)| *p).sum::<u32>();
    degree(a).cmp(&degree(b)).then_with(|| {
        for (x, y) in a.iter().zip(b) {
            // The monomial with more of the first atom in which they differ is the larger.
            match x.0.cmp(&y.0).reverse().then(x.1.cmp(&y.1)) {
                Ordering::Equal => {}
                other => return other,
            }
        }
        Ordering::Equal
    })
}

/// The product of two monomials.
pub(super) fn times(a: &Monomial, b: &Monomial) -> Monomial {
    let mut product = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let ((x, p), (y, q)) = (&a[i], &b[j]);
        match x.cmp(y) {
            Ordering::Less => {
                product.push((x.clone(), *p));
                i += 1;
            }
            Ordering::Greater => {
                product.push((y.clone(), *q));
                j += 1;
            }
            Ordering::Equal => {
                product.push((x.clone(), p + q));
                i += 1;
                j += 1;
            }
        }
    }
    product.extend_from_slice(&a[i..]);
    product.extend_from_slice(&b[j..]);
    product
}

/// `mono / by`, if it contains it.
pub(super) fn divide_monomial(mono: &Monomial, by: &Monomial) -> Option<Monomial> {
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

//! Polynomials over sizes with real coefficients: numbers of things.

use crate::symbolic::{Atom, Expr, Monomial, Range, Sym};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A sum of products of sizes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    terms: BTreeMap<Monomial, f64>,
}

impl Count {
    pub fn constant(value: f64) -> Self {
        let mut count = Self::default();
        count.add(Vec::new(), value);
        count
    }

    /// The value of an expression: sizes are not negative, and divide without rest.
    pub fn of(e: &Expr) -> Self {
        let mut sum = Self::default();
        for (monomial, coefficient) in e.terms() {
            let mut product = Self::constant(*coefficient as f64);
            for (atom, power) in monomial {
                let factor = Self::of_atom(atom);
                for _ in 0..*power {
                    product = product.times(&factor);
                }
            }
            sum = sum.plus(&product);
        }
        sum
    }

    fn of_atom(atom: &Atom) -> Self {
        match atom {
            // Where it matters how much work there is, nothing wraps.
            Atom::Pos(e) | Atom::Wrap(e) => Self::of(e),
            Atom::FloorDiv(a, b) => Self::of(a).divided(&Self::of(b)),
            Atom::Sym(_) | Atom::Mod(..) => {
                let mut count = Self::default();
                count.add(vec![(atom.clone(), 1)], 1.0);
                count
            }
        }
    }

    /// The terms: products of powers, and their coefficients.
    pub fn terms(&self) -> impl Iterator<Item = (&Monomial, f64)> {
        self.terms.iter().map(|(m, c)| (m, *c))
    }

    /// The sizes in it.
    pub fn symbols(&self) -> BTreeSet<Sym> {
        let mut found = BTreeSet::new();
        for (atom, _) in self.terms.keys().flatten() {
            match atom {
                Atom::Sym(s) => {
                    found.insert(s.clone());
                }
                Atom::Pos(e) | Atom::Wrap(e) => e.collect_symbols(&mut found),
                Atom::FloorDiv(a, b) | Atom::Mod(a, b) => {
                    a.collect_symbols(&mut found);
                    b.collect_symbols(&mut found);
                }
            }
        }
        found
    }

    fn add(&mut self, monomial: Monomial, coefficient: f64) {
        let sum = self.terms.get(&monomial).copied().unwrap_or(0.0) + coefficient;
        if sum == 0.0 {
            self.terms.remove(&monomial);
        } else {
            self.terms.insert(monomial, sum);
        }
    }

    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (m, c) in &other.terms {
            sum.add(m.clone(), *c);
        }
        sum
    }

    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for (m, c) in &self.terms {
            for (n, d) in &other.terms {
                product.add(multiply(m, n), c * d);
            }
        }
        product
    }

    /// The quotient by a constant or a product of sizes; by a sum, the numerator over the sum as it stands.
    #[must_use]
    pub fn divided(&self, by: &Self) -> Self {
        let mut terms = by.terms.iter();
        match (terms.next(), terms.next()) {
            (Some((m, c)), None) => {
                let mut quotient = Self::default();
                for (n, d) in &self.terms {
                    match cancel(n, m) {
                        Some(rest) => quotient.add(rest, d / c),
                        None => return self.opaque_quotient(by),
                    }
                }
                quotient
            }
            _ => self.opaque_quotient(by),
        }
    }

    fn opaque_quotient(&self, by: &Self) -> Self {
        // Both have whole coefficients where they come from expressions.
        let (a, b) = (self.rounded(), by.rounded());
        let mut quotient = Self::default();
        quotient.add(vec![(Atom::FloorDiv(Box::new(a), Box::new(b)), 1)], 1.0);
        quotient
    }

    fn rounded(&self) -> Expr {
        self.terms.iter().fold(Expr::zero(), |sum, (m, c)| {
            let product = m.iter().fold(Expr::one(), |p, (atom, power)| {
                let atom = match atom {
                    Atom::Sym(s) => Expr::from(s),
                    Atom::Pos(e) => e.pos(),
                    Atom::Wrap(e) => (**e).clone(),
                    Atom::FloorDiv(a, b) => a.floor_div(b),
                    Atom::Mod(a, b) => a.modulo(b),
                };
                (0..*power).fold(p, |p, _| &p * &atom)
            });
            sum + product.scale(c.round() as i128)
        })
    }

    /// The one of which the terms have the larger coefficients, term by term.
    #[must_use]
    pub fn larger(&self, other: &Self) -> Self {
        let mut all = self.clone();
        for (m, c) in &other.terms {
            let c = all.terms.get(m).copied().unwrap_or(0.0).max(*c);
            all.terms.insert(m.clone(), c);
        }
        all
    }

    /// The sum over all values of `var` in a range.
    #[must_use]
    pub fn summed(&self, var: &Sym, range: &Range) -> Self {
        let (begin, step) = (Self::of(&range.begin), Self::of(&range.step));
        let trips = Self::of(&(&range.end - &range.begin)).divided(&step);
        let power = |base: &Self, k: u32| {
            (0..k).fold(Self::constant(1.0), |product, _| product.times(base))
        };
        let mut total = Self::default();
        for (monomial, coefficient) in &self.terms {
            let mut rest = Self::constant(*coefficient);
            let mut exponent = 0;
            for (atom, k) in monomial {
                match atom {
                    Atom::Sym(s) if s == var => exponent += k,
                    // What is left varies little with one variable: its middle.
                    other => {
                        let other = match other {
                            Atom::Mod(_, n) if mentions(other, var) => {
                                Self::of(&(&**n - 1)).times(&Self::constant(0.5))
                            }
                            Atom::FloorDiv(a, b) if mentions(other, var) => {
                                let middle = |e: &Expr| {
                                    let (low, high) = (
                                        e.subs_one(var, &range.begin),
                                        e.subs_one(var, &range.end),
                                    );
                                    Self::of(&(low + high)).times(&Self::constant(0.5))
                                };
                                middle(a).divided(&middle(b))
                            }
                            _ => {
                                let mut count = Self::default();
                                count.add(vec![(other.clone(), 1)], 1.0);
                                count
                            }
                        };
                        rest = rest.times(&power(&other, *k));
                    }
                }
            }
            // (begin + step t)^exponent, summed over t.
            let mut sum = Self::default();
            for k in 0..=exponent {
                let binomial = Self::constant(binomial(exponent, k));
                sum = sum.plus(
                    &binomial
                        .times(&power(&begin, exponent - k))
                        .times(&power(&step, k))
                        .times(&powers(&trips, k)),
                );
            }
            total = total.plus(&rest.times(&sum));
        }
        total
    }

    /// The value for sizes.
    pub fn eval(&self, value_of: &dyn Fn(&Sym) -> Option<i64>) -> Option<f64> {
        self.terms.iter().try_fold(0.0, |sum, (m, c)| {
            m.iter()
                .try_fold(*c, |product, (atom, power)| {
                    let value = match atom {
                        Atom::Sym(s) => value_of(s)? as f64,
                        Atom::Pos(e) => e.eval(value_of)?.max(0) as f64,
                        Atom::Wrap(e) => e.eval(value_of)? as f64,
                        Atom::FloorDiv(a, b) => a.eval(value_of)? as f64 / b.eval(value_of)? as f64,
                        Atom::Mod(a, b) => a.modulo(b).eval(value_of)? as f64,
                    };
                    Some(product * value.powi(*power as i32))
                })
                .map(|product| sum + product)
        })
    }
}

/// `0^k + 1^k + … + (n - 1)^k`: Faulhaber's formula.
fn powers(n: &Count, k: u32) -> Count {
    // Bernoulli numbers, the first of them -1/2.
    let mut bernoulli = vec![1.0];
    for m in 1..=k {
        let sum: f64 = (0..m)
            .map(|j| binomial(m + 1, j) * bernoulli[j as usize])
            .sum();
        bernoulli.push(-sum / f64::from(m + 1));
    }
    let mut total = Count::default();
    for j in 0..=k {
        let coefficient = binomial(k + 1, j) * bernoulli[j as usize] / f64::from(k + 1);
        let power = (0..=k - j).fold(Count::constant(coefficient), |p, _| p.times(n));
        total = total.plus(&power);
    }
    total
}

fn binomial(n: u32, k: u32) -> f64 {
    (0..k).fold(1.0, |b, i| b * f64::from(n - i) / f64::from(i + 1))
}

fn mentions(atom: &Atom, var: &Sym) -> bool {
    match atom {
        Atom::Sym(s) => s == var,
        Atom::Pos(e) | Atom::Wrap(e) => e.contains(var),
        Atom::FloorDiv(a, b) | Atom::Mod(a, b) => a.contains(var) || b.contains(var),
    }
}

fn multiply(a: &Monomial, b: &Monomial) -> Monomial {
    let mut powers: BTreeMap<Atom, u32> = a.iter().cloned().collect();
    for (atom, k) in b {
        *powers.entry(atom.clone()).or_insert(0) += k;
    }
    powers.into_iter().collect()
}

/// `a / b`, if all powers of `b` are in `a`.
fn cancel(a: &Monomial, b: &Monomial) -> Option<Monomial> {
    let mut powers: BTreeMap<Atom, u32> = a.iter().cloned().collect();
    for (atom, k) in b {
        let left = powers.get(atom)?.checked_sub(*k)?;
        powers.insert(atom.clone(), left);
    }
    Some(powers.into_iter().filter(|(_, k)| *k > 0).collect())
}

/// Highest powers first, as people write: `2*N^3 + 1.5*N`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut terms: Vec<_> = self.terms.iter().collect();
        terms.sort_by_key(|(m, _)| std::cmp::Reverse(m.iter().map(|(_, k)| k).sum::<u32>()));
        if terms.is_empty() {
            return f.write_str("0");
        }
        for (k, (monomial, c)) in terms.into_iter().enumerate() {
            let sign = match (k, *c < 0.0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            f.write_str(sign)?;
            let size = (c.abs() * 1e6).round() / 1e6;
            let mut factors = Vec::new();
            if size != 1.0 || monomial.is_empty() {
                factors.push(size.to_string());
            }
            for (atom, power) in monomial {
                let atom = match atom {
                    Atom::Sym(s) => s.as_str().to_owned(),
                    Atom::Pos(e) => format!("max(0, {e})"),
                    Atom::Wrap(e) => format!("({e})"),
                    Atom::FloorDiv(a, b) => format!("(({a})/({b}))"),
                    Atom::Mod(a, b) => format!("(({a}) % ({b}))"),
                };
                factors.push(if *power == 1 {
                    atom
                } else {
                    format!("{atom}^{power}")
                });
            }
            f.write_str(&factors.join("*"))?;
        }
        Ok(())
    }
}

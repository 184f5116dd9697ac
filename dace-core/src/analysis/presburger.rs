//! Whether facts about integer symbols can hold together.
//!
//! Facts are (in)equalities of symbolic expressions. Floor division and modulo by constants and `max(0, d)` are
//! expressed exactly, with new variables and case splits; products of symbols and division by symbols become opaque
//! variables, for which some true inequalities are added (`i < k` and `N >= 0` give `i*N + N <= k*N`). So
//! [`Verdict::Infeasible`] is a proof; a solution that leans on opaque variables is [`Verdict::Unknown`].

use super::omega::{Row, System};
use crate::symbolic::{Atom, Expr, Facts, Monomial, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Something true of symbols.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// `e >= 0`
    Nonneg(Expr),
    /// `e == 0`
    Zero(Expr),
    /// At least one of the conjunctions holds; none: a contradiction.
    Any(Vec<Vec<Fact>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Feasible,
    Infeasible,
    Unknown,
}

impl Fact {
    /// `a <= b`
    pub fn le(a: &Expr, b: &Expr) -> Self {
        Self::Nonneg(b - a)
    }
    /// `a < b`
    pub fn lt(a: &Expr, b: &Expr) -> Self {
        Self::Nonneg(b - a - 1)
    }
    pub fn eq(a: &Expr, b: &Expr) -> Self {
        Self::Zero(a - b)
    }
    pub fn ne(a: &Expr, b: &Expr) -> Self {
        Self::Any(vec![vec![Self::lt(a, b)], vec![Self::lt(b, a)]])
    }
    pub fn never() -> Self {
        Self::Any(Vec::new())
    }

    pub fn subs(&self, replace: &dyn Fn(&Sym) -> Option<Expr>) -> Self {
        match self {
            Self::Nonneg(e) => Self::Nonneg(e.subs(replace)),
            Self::Zero(e) => Self::Zero(e.subs(replace)),
            Self::Any(cases) => Self::Any(
                cases
                    .iter()
                    .map(|c| c.iter().map(|f| f.subs(replace)).collect())
                    .collect(),
            ),
        }
    }

    /// The symbols that the fact is about.
    pub fn collect_symbols(&self, into: &mut BTreeSet<Sym>) {
        match self {
            Self::Nonneg(e) | Self::Zero(e) => e.collect_symbols(into),
            Self::Any(cases) => cases.iter().flatten().for_each(|f| f.collect_symbols(into)),
        }
    }
}

/// The facts of `pool` that are connected with `core` through shared symbols, behind those of `core`.
/// Leaving facts out is sound for a refutation; what is left out shares no symbol with what is kept.
pub fn relevant(core: Vec<Fact>, pool: &[&Fact]) -> Vec<Fact> {
    let mut known = BTreeSet::new();
    for fact in &core {
        fact.collect_symbols(&mut known);
    }
    let mut waiting: Vec<(&Fact, BTreeSet<Sym>)> = pool
        .iter()
        .map(|f| {
            let mut symbols = BTreeSet::new();
            f.collect_symbols(&mut symbols);
            (*f, symbols)
        })
        .collect();
    let mut facts = core;
    loop {
        let before = waiting.len();
        waiting.retain(|(fact, symbols)| {
            if symbols.is_disjoint(&known) {
                return true;
            }
            known.extend(symbols.iter().cloned());
            facts.push((*fact).clone());
            false
        });
        if waiting.len() == before {
            return facts;
        }
    }
}

/// Unknowns of a question that is answered; those of programs as they are written have some ten.
const COLUMNS: usize = 80;

/// Rows that one call of the solver may make, and cases it may look at.
const ROW_BUDGET: u64 = 40_000;
const CASE_BUDGET: u32 = 400;

/// Whether all the facts can hold together.
///
/// A question of so many unknowns that an answer would take long is not answered.
pub fn solve(facts: &[Fact]) -> Verdict {
    let mut translation = Translation::default();
    let mut base = Conjunction::default();
    for fact in facts {
        translation.fact(fact, &mut base);
    }
    translation.finish(&mut base);
    let exact = translation.opaque.is_empty();
    let columns = translation.columns.len();
    if columns > COLUMNS {
        return Verdict::Unknown;
    }
    let mut search = Search {
        columns,
        rows: ROW_BUDGET,
        cases: CASE_BUDGET,
    };
    match search.run(&base.rows, &base.splits) {
        Verdict::Feasible if !exact => Verdict::Unknown,
        verdict => verdict,
    }
}

/// Proved: no values satisfy all the facts.
pub fn infeasible(facts: &[Fact]) -> bool {
    solve(facts) == Verdict::Infeasible
}

#[derive(Clone, Debug)]
enum Linear {
    Nonneg(Vec<(usize, i128)>, i128),
    Zero(Vec<(usize, i128)>, i128),
}

/// Rows that hold, and disjunctions of conjunctions.
#[derive(Clone, Debug, Default)]
struct Conjunction {
    rows: Vec<Linear>,
    splits: Vec<Vec<Self>>,
}

/// From expressions to rows: each symbol, compound atom and product is a column.
#[derive(Default)]
struct Translation {
    columns: BTreeMap<Monomial, usize>,
    /// Columns of products and of division by what is no constant.
    opaque: BTreeSet<Monomial>,
    /// What defines compound atoms; it holds everywhere.
    definitions: Conjunction,
}

impl Translation {
    fn fact(&mut self, fact: &Fact, into: &mut Conjunction) {
        match fact {
            Fact::Nonneg(e) => {
                let (terms, constant) = self.linear(e);
                into.rows.push(Linear::Nonneg(terms, constant));
            }
            Fact::Zero(e) => {
                let (terms, constant) = self.linear(e);
                into.rows.push(Linear::Zero(terms, constant));
            }
            Fact::Any(cases) => {
                let cases = cases
                    .iter()
                    .map(|case| {
                        let mut conjunction = Conjunction::default();
                        for fact in case {
                            self.fact(fact, &mut conjunction);
                        }
                        conjunction
                    })
                    .collect();
                into.splits.push(cases);
            }
        }
    }

    fn linear(&mut self, e: &Expr) -> (Vec<(usize, i128)>, i128) {
        let mut terms = Vec::with_capacity(e.terms().len());
        let mut constant = 0;
        for (monomial, coefficient) in e.terms() {
            if monomial.is_empty() {
                constant = *coefficient;
            } else {
                terms.push((self.column(monomial), *coefficient));
            }
        }
        (terms, constant)
    }

    fn column(&mut self, monomial: &Monomial) -> usize {
        if let Some(column) = self.columns.get(monomial) {
            return *column;
        }
        let column = self.columns.len();
        self.columns.insert(monomial.clone(), column);
        if let [(atom, 1)] = monomial.as_slice() {
            self.define(atom, column, monomial);
        } else {
            self.opaque.insert(monomial.clone());
            for (atom, _) in monomial {
                self.column(&vec![(atom.clone(), 1)]);
            }
        }
        column
    }

    /// What is known of a compound atom.
    fn define(&mut self, atom: &Atom, column: usize, monomial: &Monomial) {
        match atom {
            Atom::Sym(_) => {}
            Atom::Pos(d) => {
                // m = max(0, d): m >= 0, m >= d, and it is one of the two.
                let (terms, constant) = self.linear(d);
                let mut difference: Vec<_> = terms.iter().map(|(k, c)| (*k, -c)).collect();
                difference.push((column, 1));
                let rows = &mut self.definitions.rows;
                rows.push(Linear::Nonneg(vec![(column, 1)], 0));
                rows.push(Linear::Nonneg(difference.clone(), -constant));
                let case = |row| Conjunction {
                    rows: vec![row],
                    splits: Vec::new(),
                };
                self.definitions.splits.push(vec![
                    case(Linear::Zero(vec![(column, 1)], 0)),
                    case(Linear::Zero(difference, -constant)),
                ]);
            }
            Atom::Wrap(e) => {
                // Whatever the symbols are: what cannot become too large is at least the value itself, what cannot become too small at most.
                self.opaque.insert(monomial.clone());
                let Some((low, high)) = Facts::new().interval(e) else {
                    return;
                };
                let (terms, constant) = self.linear(e);
                if high <= i128::from(i64::MAX) {
                    let mut row: Vec<_> = terms.iter().map(|(k, c)| (*k, -c)).collect();
                    row.push((column, 1));
                    self.definitions.rows.push(Linear::Nonneg(row, -constant));
                }
                if low >= i128::from(i64::MIN) {
                    let mut row = terms;
                    row.push((column, -1));
                    self.definitions.rows.push(Linear::Nonneg(row, constant));
                }
            }
            Atom::FloorDiv(a, b) => {
                let (a, b) = (a.as_ref(), b.as_ref());
                let Some(divisor) = b.as_int().filter(|v| *v != 0) else {
                    self.divide(a, b, monomial);
                    return;
                };
                // 0 <= a - b*q < |b|, with the signs of both turned where b < 0.
                let a = if divisor < 0 { -a } else { a.clone() };
                let size = i128::from(divisor).abs();
                let (terms, constant) = self.linear(&a);
                self.remainder(terms, constant, column, size);
            }
            Atom::Mod(a, b) => {
                let (a, b) = (a.as_ref(), b.as_ref());
                let Some(divisor) = b.as_int().filter(|v| *v != 0) else {
                    self.divide(a, b, monomial);
                    return;
                };
                // a = b*q + r, with q the column of a // b.
                let quotient = a.floor_div(b);
                let (mut terms, constant) = self.linear(&(a - quotient * Expr::int(divisor)));
                terms.push((column, -1));
                self.definitions.rows.push(Linear::Zero(terms, constant));
                let (low, high) = if divisor > 0 {
                    (0, divisor - 1)
                } else {
                    (divisor + 1, 0)
                };
                let rows = &mut self.definitions.rows;
                rows.push(Linear::Nonneg(vec![(column, 1)], -i128::from(low)));
                rows.push(Linear::Nonneg(vec![(column, -1)], i128::from(high)));
            }
        }
    }

    /// `0 <= a - size*q < size`
    fn remainder(&mut self, a: Vec<(usize, i128)>, constant: i128, q: usize, size: i128) {
        let mut low = a;
        low.push((q, -size));
        let high = low.iter().map(|(k, c)| (*k, -c)).collect();
        let rows = &mut self.definitions.rows;
        rows.push(Linear::Nonneg(low, constant));
        rows.push(Linear::Nonneg(high, size - 1 - constant));
    }

    /// Division by a symbol: an opaque quotient; for a positive divisor `a = b*q + r` and `0 <= r < b`.
    fn divide(&mut self, a: &Expr, b: &Expr, monomial: &Monomial) {
        self.opaque.insert(monomial.clone());
        let (quotient, rest) = (a.floor_div(b), a.modulo(b));
        let mut positive = Conjunction::default();
        for fact in [
            Fact::Nonneg(b - 1),
            Fact::Nonneg(rest.clone()),
            Fact::Nonneg(b - &rest - 1),
            Fact::Zero(a - &quotient * b - rest),
        ] {
            self.fact(&fact, &mut positive);
        }
        let mut other = Conjunction::default();
        self.fact(&Fact::Nonneg(-b), &mut other);
        self.definitions.splits.push(vec![positive, other]);
    }

    /// Adds the definitions and, for products, what follows from multiplying known inequalities by factors known
    /// not to be negative, as far as it speaks of products that occur.
    fn finish(&mut self, base: &mut Conjunction) {
        base.rows.append(&mut self.definitions.rows);
        base.splits.append(&mut self.definitions.splits);
        let products: Vec<Monomial> = self
            .opaque
            .iter()
            .filter(|m| m.iter().map(|(_, p)| p).sum::<u32>() > 1)
            .cloned()
            .collect();
        if products.is_empty() {
            return;
        }
        let nonneg: BTreeSet<usize> = base
            .rows
            .iter()
            .filter_map(|row| match row {
                Linear::Nonneg(terms, constant) => match terms.as_slice() {
                    [(k, c)] if *c > 0 && *constant <= 0 => Some(*k),
                    _ => None,
                },
                Linear::Zero(..) => None,
            })
            .collect();
        let monomial_of: BTreeMap<usize, Monomial> =
            self.columns.iter().map(|(m, k)| (*k, m.clone())).collect();
        let mut factors = BTreeSet::new();
        for product in &products {
            for at in 0..product.len() {
                let mut rest = product.clone();
                rest[at].1 -= 1;
                rest.retain(|(_, p)| *p > 0);
                let known = rest.iter().all(|(atom, power)| {
                    power % 2 == 0
                        || self
                            .columns
                            .get(&vec![(atom.clone(), 1)])
                            .is_some_and(|k| nonneg.contains(k))
                });
                if known {
                    factors.insert(rest);
                }
            }
        }
        // Factors that may be negative: equalities only.
        let mut any_factors = factors.clone();
        for product in &products {
            any_factors.extend(product.iter().map(|(a, _)| vec![(a.clone(), 1)]));
        }
        let rows = base.rows.clone();
        for factor in &any_factors {
            for row in &rows {
                let (terms, constant, equality) = match row {
                    Linear::Nonneg(t, c) => (t, *c, false),
                    Linear::Zero(t, c) => (t, *c, true),
                };
                if !equality && !factors.contains(factor) {
                    continue;
                }
                let multiplied: Option<Vec<(usize, i128)>> = terms
                    .iter()
                    .map(|(k, c)| {
                        let monomial = multiply(monomial_of.get(k)?, factor);
                        Some((*self.columns.get(&monomial)?, *c))
                    })
                    .collect();
                let Some(mut multiplied) = multiplied else {
                    continue;
                };
                if constant != 0 {
                    let column = self.column(factor);
                    multiplied.push((column, constant));
                }
                base.rows.push(if equality {
                    Linear::Zero(multiplied, 0)
                } else {
                    Linear::Nonneg(multiplied, 0)
                });
            }
        }
        // A factor may have brought columns, never compound atoms that were not there before.
        base.rows.append(&mut self.definitions.rows);
        base.splits.append(&mut self.definitions.splits);
    }
}

fn multiply(a: &Monomial, b: &Monomial) -> Monomial {
    let mut powers: BTreeMap<&Atom, u32> = BTreeMap::new();
    for (atom, power) in a.iter().chain(b) {
        *powers.entry(atom).or_insert(0) += power;
    }
    powers.into_iter().map(|(a, p)| (a.clone(), p)).collect()
}

struct Search {
    columns: usize,
    rows: u64,
    cases: u32,
}

impl Search {
    /// Refutes the rows alone where possible, else splits the first disjunction.
    fn run(&mut self, rows: &[Linear], splits: &[Vec<Conjunction>]) -> Verdict {
        if self.cases == 0 {
            return Verdict::Unknown;
        }
        self.cases -= 1;
        let mut system = System::new(self.columns);
        for row in rows {
            match row {
                Linear::Nonneg(t, c) => {
                    system.inequalities.push(Row::new(self.columns, t, *c));
                }
                Linear::Zero(t, c) => system.equalities.push(Row::new(self.columns, t, *c)),
            }
        }
        let verdict = match system.feasible(&mut self.rows) {
            Ok(false) => return Verdict::Infeasible,
            Ok(true) => Verdict::Feasible,
            Err(_) => Verdict::Unknown,
        };
        let Some((first, rest)) = splits.split_first() else {
            return verdict;
        };
        let mut unknown = false;
        for case in first {
            let mut rows = rows.to_vec();
            rows.extend(case.rows.iter().cloned());
            let mut splits = rest.to_vec();
            splits.extend(case.splits.iter().cloned());
            match self.run(&rows, &splits) {
                Verdict::Feasible => return Verdict::Feasible,
                Verdict::Infeasible => {}
                Verdict::Unknown => unknown = true,
            }
        }
        if unknown {
            Verdict::Unknown
        } else {
            Verdict::Infeasible
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn s(name: &str) -> Expr {
        Expr::sym(name)
    }
    fn nonneg(e: Expr) -> Fact {
        Fact::Nonneg(e)
    }

    #[test]
    fn flat_index_of_two_iterations() {
        // i*N + j with 0 <= j < N names one element once.
        let (i, k, j, l, n) = (s("i"), s("k"), s("j"), s("l"), s("N"));
        let facts = [
            Fact::lt(&i, &k),
            nonneg(i.clone()),
            nonneg(n.clone()),
            nonneg(j.clone()),
            Fact::lt(&j, &n),
            nonneg(l.clone()),
            Fact::lt(&l, &n),
            Fact::eq(&(&i * &n + &j), &(&k * &n + &l)),
        ];
        assert_eq!(solve(&facts), Verdict::Infeasible);
        // Without the bound on j it may.
        let fewer: Vec<_> = facts
            .iter()
            .enumerate()
            .filter(|(k, _)| *k != 4)
            .map(|(_, f)| f.clone())
            .collect();
        assert_eq!(solve(&fewer), Verdict::Unknown);
    }

    #[test]
    fn floor_and_modulo() {
        let (i, k) = (s("i"), s("k"));
        let (two, seven) = (Expr::int(2), Expr::int(7));
        // i // 2 == k // 2 and i % 2 == k % 2 give i == k.
        let same = [
            Fact::eq(&i.floor_div(&two), &k.floor_div(&two)),
            Fact::eq(&i.modulo(&two), &k.modulo(&two)),
            Fact::lt(&i, &k),
        ];
        assert_eq!(solve(&same), Verdict::Infeasible);
        assert_eq!(
            solve(&[same[0].clone(), same[2].clone()]),
            Verdict::Feasible
        );
        // i % 7 == k % 7 within 7 of one another
        let near = [
            Fact::eq(&i.modulo(&seven), &k.modulo(&seven)),
            Fact::lt(&i, &k),
            Fact::lt(&k, &(&i + 7)),
        ];
        assert_eq!(solve(&near), Verdict::Infeasible);
    }

    #[test]
    fn symbolic_modulo_is_bounded() {
        let (i, n) = (s("i"), s("N"));
        let r = i.modulo(&n);
        assert!(infeasible(&[nonneg(&n - 1), Fact::lt(&r, &Expr::zero())]));
        assert!(infeasible(&[nonneg(&n - 1), Fact::le(&n, &r)]));
    }

    fn expr(depth: u32) -> BoxedStrategy<Expr> {
        let leaf = prop_oneof![
            (-4i64..5).prop_map(Expr::int),
            prop_oneof![Just("x"), Just("y"), Just("z")].prop_map(Expr::sym),
        ];
        leaf.prop_recursive(depth, 12, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a + b),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a - b),
                (inner.clone(), -3i64..4).prop_map(|(a, c)| a * Expr::int(c)),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a * b),
                inner.clone().prop_map(|a| a.pos()),
                (inner.clone(), prop_oneof![-3i64..0, 1i64..4])
                    .prop_map(|(a, c)| a.floor_div(&Expr::int(c))),
                (inner.clone(), prop_oneof![-3i64..0, 1i64..4])
                    .prop_map(|(a, c)| a.modulo(&Expr::int(c))),
                (inner.clone(), inner).prop_map(|(a, b)| a.modulo(&b)),
            ]
        })
        .boxed()
    }

    fn fact() -> impl Strategy<Value = Fact> {
        prop_oneof![
            3 => expr(3).prop_map(Fact::Nonneg),
            1 => expr(3).prop_map(Fact::Zero),
            1 => (expr(2), expr(2)).prop_map(|(a, b)| Fact::ne(&a, &b)),
        ]
    }

    fn holds(fact: &Fact, value: &dyn Fn(&Sym) -> Option<i64>) -> Option<bool> {
        Some(match fact {
            Fact::Nonneg(e) => e.eval(value)? >= 0,
            Fact::Zero(e) => e.eval(value)? == 0,
            Fact::Any(cases) => {
                let mut any = false;
                for case in cases {
                    let mut all = true;
                    for f in case {
                        all &= holds(f, value)?;
                    }
                    any |= all;
                }
                any
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(800))]
        #[test]
        fn agrees_with_enumeration(facts in proptest::collection::vec(fact(), 1..4)) {
            const BOX: i64 = 4;
            let mut all = facts.clone();
            for name in ["x", "y", "z"] {
                all.push(nonneg(s(name) + BOX));
                all.push(nonneg(Expr::int(BOX) - s(name)));
            }
            let mut expected = false;
            for x in -BOX..=BOX {
                for y in -BOX..=BOX {
                    for z in -BOX..=BOX {
                        let value = |n: &Sym| Some(match n.as_str() { "x" => x, "y" => y, _ => z });
                        expected |= facts.iter().all(|f| holds(f, &value) == Some(true));
                    }
                }
            }
            match solve(&all) {
                Verdict::Feasible => {
                    // A division by zero has no value; the enumeration leaves it out.
                    prop_assert!(expected);
                }
                Verdict::Infeasible => prop_assert!(!expected),
                Verdict::Unknown => {}
            }
        }
    }
}

//! Quotients and remainders that facts decide, and what need not wrap.
//!
//! ```text
//! 0 <= j < n:    (i*n + j) // n = i          (i*n + j) % n = j
//!                (i*n + j) // (n*m) = i // m (i*n + j) % (n*m) = i % m * n + j
//! ```

use super::{Atom, Expr, Facts};

/// Divisors with more factors are left alone.
const FACTORS: usize = 4;

impl Facts {
    /// The same value, with quotients and remainders that are known resolved.
    pub fn simplify(&self, e: &Expr) -> Expr {
        let divided = |(atom, _): &(Atom, u32)| !matches!(atom, Atom::Sym(_));
        if !e.terms().iter().any(|(m, _)| m.iter().any(divided)) {
            return e.clone();
        }
        let mut sum = Expr::zero();
        for (mono, coefficient) in e.terms() {
            let mut product = Expr::big(*coefficient);
            for (atom, power) in mono {
                let value = self.simplify_atom(atom);
                for _ in 0..*power {
                    product = &product * &value;
                }
            }
            sum = &sum + &product;
        }
        sum
    }

    fn simplify_atom(&self, atom: &Atom) -> Expr {
        match atom {
            Atom::Sym(s) => Expr::from(s),
            Atom::Pos(d) => {
                let d = self.simplify(d);
                if self.is_nonneg(&d) {
                    d
                } else if self.is_nonneg(&-&d) {
                    Expr::zero()
                } else {
                    d.pos()
                }
            }
            Atom::Wrap(e) => {
                let e = self.simplify(e);
                self.wrapped(&e)
                    .unwrap_or_else(|| Expr::atom(Atom::Wrap(Box::new(e))))
            }
            Atom::FloorDiv(a, b) => {
                let (a, b) = (self.simplify(a), self.simplify(b));
                self.divide(&a, &b)
                    .map_or_else(|| a.floor_div(&b), |(quotient, _)| quotient)
            }
            Atom::Mod(a, b) => {
                let (a, b) = (self.simplify(a), self.simplify(b));
                self.divide(&a, &b)
                    .map_or_else(|| a.modulo(&b), |(_, rest)| rest)
            }
        }
    }

    /// `0 <= a < b`
    fn below(&self, a: &Expr, b: &Expr) -> bool {
        self.is_nonneg(a) && self.lt(a, b)
    }

    /// Quotient and remainder, if a factor `c` of the divisor is known that tells the parts of `a = q*c + r` with `0 <= r < c` apart.
    fn divide(&self, a: &Expr, b: &Expr) -> Option<(Expr, Expr)> {
        for factor in factors(b) {
            let Some((quotient, rest)) = a.split_multiples(&factor) else {
                continue;
            };
            if !self.below(&rest, &factor) {
                continue;
            }
            let cofactor = b.exact_div(&factor)?;
            if cofactor.as_int() == Some(1) {
                return Some((quotient, rest));
            }
            // A negative divisor rounds the other way.
            if !self.is_pos(&cofactor) {
                continue;
            }
            let (upper, lower) = self
                .divide(&quotient, &cofactor)
                .unwrap_or_else(|| (quotient.floor_div(&cofactor), quotient.modulo(&cofactor)));
            return Some((upper, &(&lower * &factor) + &rest));
        }
        None
    }
}

/// The divisor itself, then its proper factors.
fn factors(divisor: &Expr) -> Vec<Expr> {
    let mut found = vec![divisor.clone()];
    if let [(mono, _)] = divisor.terms() {
        let atoms: Vec<&Atom> = mono
            .iter()
            .flat_map(|(atom, power)| std::iter::repeat_n(atom, *power as usize))
            .collect();
        if (2..=FACTORS).contains(&atoms.len()) {
            for chosen in 1..(1u32 << atoms.len()) - 1 {
                let factor = (0..atoms.len())
                    .filter(|k| chosen & (1 << k) != 0)
                    .fold(Expr::one(), |product, k| {
                        &product * &Expr::atom(atoms[k].clone())
                    });
                if !found.contains(&factor) {
                    found.push(factor);
                }
            }
        }
    }
    found
}

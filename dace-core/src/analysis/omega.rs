//! The Omega test: whether a conjunction of linear equalities and inequalities has an integer solution.
//!
//! After W. Pugh, "The Omega test: a fast and practical integer programming algorithm for dependence analysis"
//! (Supercomputing '91). Equalities are eliminated by substitution, with his symmetric modulus where no coefficient is
//! one; variables of inequalities by Fourier–Motzkin elimination, which is exact on integers where all lower or all
//! upper bounds have coefficient one. Elsewhere the real shadow refutes, the dark shadow confirms, and splinters decide
//! what lies between. The answer is exact unless the budget or the number range is exceeded.

use std::collections::HashMap;

/// `sum of coefficient * variable + constant`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub coefficients: Vec<i128>,
    pub constant: i128,
}

/// A conjunction: each equality is zero, each inequality at least zero.
#[derive(Clone, Debug, Default)]
pub struct System {
    pub columns: usize,
    pub equalities: Vec<Row>,
    pub inequalities: Vec<Row>,
}

/// The budget is spent or a coefficient left the number range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GaveUp;

type Answer<T> = Result<T, GaveUp>;

impl Row {
    /// A row from sparse terms.
    pub fn new(columns: usize, terms: &[(usize, i128)], constant: i128) -> Self {
        let mut coefficients = vec![0; columns];
        for (column, coefficient) in terms {
            if *column >= coefficients.len() {
                coefficients.resize(column + 1, 0);
            }
            coefficients[*column] += coefficient;
        }
        Self {
            coefficients,
            constant,
        }
    }

    fn is_constant(&self) -> bool {
        self.coefficients.iter().all(|c| *c == 0)
    }

    fn gcd(&self) -> i128 {
        self.coefficients.iter().fold(0, |g, c| gcd(g, *c))
    }

    /// `self * a + other * b`.
    fn combine(&self, a: i128, other: &Self, b: i128) -> Answer<Self> {
        let sum = |x: i128, y: i128| -> Answer<i128> {
            let (x, y) = (
                x.checked_mul(a).ok_or(GaveUp)?,
                y.checked_mul(b).ok_or(GaveUp)?,
            );
            x.checked_add(y)
                .filter(|v| v.unsigned_abs() < LIMIT)
                .ok_or(GaveUp)
        };
        let coefficients = self
            .coefficients
            .iter()
            .zip(&other.coefficients)
            .map(|(x, y)| sum(*x, *y))
            .collect::<Answer<_>>()?;
        Ok(Self {
            coefficients,
            constant: sum(self.constant, other.constant)?,
        })
    }
}

/// Keeps products of two coefficients inside `i128`.
const LIMIT: u128 = 1 << 62;

fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Pugh's symmetric remainder, in `-m/2 .. m/2`.
fn symmetric_mod(a: i128, m: i128) -> i128 {
    a - m * (2 * a + m).div_euclid(2 * m)
}

impl System {
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }

    /// Whether the system has an integer solution. `budget` counts rows made and is lowered by what was used.
    pub fn feasible(mut self, budget: &mut u64) -> Answer<bool> {
        let columns = self.columns;
        for row in self.equalities.iter_mut().chain(&mut self.inequalities) {
            row.coefficients.resize(columns, 0);
            let in_range = |v: &i128| v.unsigned_abs() < LIMIT;
            if !in_range(&row.constant) || !row.coefficients.iter().all(in_range) {
                return Err(GaveUp);
            }
        }
        loop {
            if !self.eliminate_equalities(budget)? {
                return Ok(false);
            }
            match self.tighten() {
                None => return Ok(false),
                // Opposite inequalities have become equalities.
                Some(true) => continue,
                Some(false) => {}
            }
            self.drop_unbounded();
            if self.inequalities.is_empty() {
                return Ok(true);
            }
            let Some((column, exact)) = self.choose() else {
                return Ok(true);
            };
            if exact {
                self = self.shadow(column, false, budget)?;
                continue;
            }
            if !self.shadow(column, false, budget)?.feasible(budget)? {
                return Ok(false);
            }
            if self.shadow(column, true, budget)?.feasible(budget)? {
                return Ok(true);
            }
            return self.splinters(column, budget);
        }
    }

    /// Substitutes every equality away; false when one has no solution.
    fn eliminate_equalities(&mut self, budget: &mut u64) -> Answer<bool> {
        while let Some(mut row) = self.equalities.pop() {
            let divisor = row.gcd();
            if divisor == 0 {
                if row.constant != 0 {
                    return Ok(false);
                }
                continue;
            }
            if row.constant % divisor != 0 {
                return Ok(false);
            }
            row.coefficients.iter_mut().for_each(|c| *c /= divisor);
            row.constant /= divisor;
            if let Some(column) = row.coefficients.iter().position(|c| c.abs() == 1) {
                self.substitute(&row, column, budget)?;
                continue;
            }
            // No unit coefficient: a new variable `s` with `sum of (a_i mod m) x_i + (c mod m) = m s`, in which the
            // coefficient of the chosen variable is one in magnitude.
            let Some((column, smallest)) = row
                .coefficients
                .iter()
                .enumerate()
                .filter(|(_, c)| **c != 0)
                .map(|(k, c)| (k, c.abs()))
                .min_by_key(|(_, c)| *c)
            else {
                continue;
            };
            let m = smallest + 1;
            self.columns += 1;
            row.coefficients.push(0);
            for other in self.equalities.iter_mut().chain(&mut self.inequalities) {
                other.coefficients.push(0);
            }
            let mut fresh = Row {
                coefficients: row
                    .coefficients
                    .iter()
                    .map(|c| symmetric_mod(*c, m))
                    .collect(),
                constant: symmetric_mod(row.constant, m),
            };
            fresh.coefficients[self.columns - 1] = -m;
            self.equalities.push(row);
            self.substitute(&fresh, column, budget)?;
        }
        Ok(true)
    }

    /// Eliminates a variable by an equality in which its coefficient is one in magnitude.
    fn substitute(&mut self, by: &Row, column: usize, budget: &mut u64) -> Answer<()> {
        let unit = by.coefficients[column];
        for row in self.equalities.iter_mut().chain(&mut self.inequalities) {
            let coefficient = row.coefficients[column];
            if coefficient != 0 {
                spend(budget)?;
                *row = row.combine(1, by, -coefficient * unit)?;
            }
        }
        Ok(())
    }

    /// Divides by common factors, rounding constants down, and keeps the tightest of parallel inequalities.
    /// `None` when contradictory; `Some(true)` when an opposite pair has become an equality.
    fn tighten(&mut self) -> Option<bool> {
        let mut tightest: HashMap<Vec<i128>, i128> = HashMap::new();
        let mut order: Vec<Vec<i128>> = Vec::new();
        for mut row in self.inequalities.drain(..) {
            let divisor = row.gcd();
            if divisor == 0 {
                if row.constant < 0 {
                    return None;
                }
                continue;
            }
            if divisor > 1 {
                row.coefficients.iter_mut().for_each(|c| *c /= divisor);
                row.constant = row.constant.div_euclid(divisor);
            }
            if let Some(constant) = tightest.get_mut(&row.coefficients) {
                *constant = row.constant.min(*constant);
            } else {
                order.push(row.coefficients.clone());
                tightest.insert(row.coefficients, row.constant);
            }
        }
        let mut found = false;
        for coefficients in order {
            let constant = tightest[&coefficients];
            let opposite: Vec<i128> = coefficients.iter().map(|c| -c).collect();
            if let Some(other) = tightest.get(&opposite) {
                let slack = constant + other;
                if slack < 0 {
                    return None;
                }
                if slack == 0 {
                    found = true;
                    // Once for the pair.
                    if coefficients > opposite {
                        self.equalities.push(Row {
                            coefficients,
                            constant,
                        });
                    }
                    continue;
                }
            }
            self.inequalities.push(Row {
                coefficients,
                constant,
            });
        }
        Some(found)
    }

    /// A variable bounded on one side only can always be chosen to satisfy the rows that name it.
    fn drop_unbounded(&mut self) {
        loop {
            let unbounded = (0..self.columns).find(|column| {
                let sign = |want: i128| {
                    self.inequalities
                        .iter()
                        .any(|r| r.coefficients[*column].signum() == want)
                };
                sign(1) != sign(-1)
            });
            let Some(column) = unbounded else { return };
            self.inequalities.retain(|r| r.coefficients[column] == 0);
        }
    }

    /// The variable whose elimination makes the fewest rows, exact ones first.
    fn choose(&self) -> Option<(usize, bool)> {
        (0..self.columns)
            .filter_map(|column| {
                let (mut lower, mut upper) = (0usize, 0usize);
                let (mut unit_lower, mut unit_upper) = (true, true);
                for row in &self.inequalities {
                    match row.coefficients[column] {
                        0 => {}
                        c if c > 0 => {
                            lower += 1;
                            unit_lower &= c == 1;
                        }
                        c => {
                            upper += 1;
                            unit_upper &= c == -1;
                        }
                    }
                }
                if lower == 0 || upper == 0 {
                    return None;
                }
                let exact = unit_lower || unit_upper;
                Some((!exact, lower * upper, column))
            })
            .min()
            .map(|(inexact, _, column)| (column, !inexact))
    }

    /// The projection along a variable: of the real solutions, or the dark shadow, below which there is an integer.
    fn shadow(&self, column: usize, dark: bool, budget: &mut u64) -> Answer<Self> {
        let mut result = Self::new(self.columns);
        result.equalities.clone_from(&self.equalities);
        let (mut lowers, mut uppers) = (Vec::new(), Vec::new());
        for row in &self.inequalities {
            match row.coefficients[column] {
                0 => result.inequalities.push(row.clone()),
                c if c > 0 => lowers.push(row),
                _ => uppers.push(row),
            }
        }
        for lower in &lowers {
            let a = lower.coefficients[column];
            for upper in &uppers {
                spend(budget)?;
                let b = -upper.coefficients[column];
                let mut row = lower.combine(b, upper, a)?;
                if dark {
                    row.constant -= (a - 1) * (b - 1);
                }
                if !row.is_constant() || row.constant < 0 {
                    result.inequalities.push(row);
                }
            }
        }
        Ok(result)
    }

    /// Solutions outside the dark shadow lie close above a lower bound.
    fn splinters(&self, column: usize, budget: &mut u64) -> Answer<bool> {
        let largest_upper = self
            .inequalities
            .iter()
            .map(|r| -r.coefficients[column])
            .max()
            .unwrap_or(1)
            .max(1);
        for lower in &self.inequalities {
            let a = lower.coefficients[column];
            if a <= 0 {
                continue;
            }
            let last = (a * largest_upper - a - largest_upper).div_euclid(largest_upper);
            for distance in 0..=last {
                spend(budget)?;
                let mut case = self.clone();
                let mut row = lower.clone();
                row.constant -= distance;
                case.equalities.push(row);
                if case.feasible(budget)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn spend(budget: &mut u64) -> Answer<()> {
    *budget = budget.checked_sub(1).ok_or(GaveUp)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn solve(columns: usize, equalities: &[&[i128]], inequalities: &[&[i128]]) -> bool {
        let row = |r: &&[i128]| Row {
            coefficients: r[..columns].to_vec(),
            constant: r[columns],
        };
        System {
            columns,
            equalities: equalities.iter().map(row).collect(),
            inequalities: inequalities.iter().map(row).collect(),
        }
        .feasible(&mut 100_000)
        .expect("within the budget")
    }

    #[test]
    fn pughs_example() {
        // 7x + 12y + 31z = 17, 3x + 5y + 14z = 7, 1 <= x <= 40, -50 <= y <= 50 has a solution …
        let equalities: [&[i128]; 2] = [&[7, 12, 31, -17], &[3, 5, 14, -7]];
        let bounds: [&[i128]; 4] = [
            &[1, 0, 0, -1],
            &[-1, 0, 0, 40],
            &[0, 1, 0, 50],
            &[0, -1, 0, 50],
        ];
        assert!(solve(3, &equalities, &bounds));
        // … and 27 <= 11x + 13y <= 45, -10 <= 7x - 9y <= 4 has real ones only.
        let gap: [&[i128]; 4] = [&[11, 13, -27], &[-11, -13, 45], &[7, -9, 10], &[-7, 9, 4]];
        assert!(!solve(2, &[], &gap));
    }

    #[test]
    fn parity() {
        // 2x = 2y + 1
        assert!(!solve(2, &[&[2, -2, -1]], &[]));
        // 2x = 3y + 1 has.
        assert!(solve(2, &[&[2, -3, -1]], &[]));
    }

    #[test]
    fn out_of_range_gives_up() {
        let huge = 1i128 << 100;
        let system = System {
            columns: 1,
            equalities: vec![],
            inequalities: vec![Row::new(1, &[(0, huge)], -huge)],
        };
        assert_eq!(system.feasible(&mut 1000), Err(GaveUp));
    }

    fn rows(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<i128>>> {
        proptest::collection::vec(proptest::collection::vec(-6i128..7, 4), count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn agrees_with_enumeration(equalities in rows(0..2), inequalities in rows(0..5)) {
            const BOX: i128 = 5;
            let mut system = System::new(3);
            let row = |r: &Vec<i128>| Row { coefficients: r[..3].to_vec(), constant: r[3] };
            system.equalities = equalities.iter().map(row).collect();
            system.inequalities = inequalities.iter().map(row).collect();
            for k in 0..3 {
                system.inequalities.push(Row::new(3, &[(k, 1)], BOX));
                system.inequalities.push(Row::new(3, &[(k, -1)], BOX));
            }
            let value = |r: &Vec<i128>, p: [i128; 3]| r[0] * p[0] + r[1] * p[1] + r[2] * p[2] + r[3];
            let mut expected = false;
            for x in -BOX..=BOX {
                for y in -BOX..=BOX {
                    for z in -BOX..=BOX {
                        expected |= equalities.iter().all(|r| value(r, [x, y, z]) == 0)
                            && inequalities.iter().all(|r| value(r, [x, y, z]) >= 0);
                    }
                }
            }
            let found = system.feasible(&mut 1_000_000);
            prop_assert_eq!(found, Ok(expected));
        }
    }
}

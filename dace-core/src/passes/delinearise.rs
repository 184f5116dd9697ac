//! Gives a map over a flattened array the dimensions that its accesses take the index apart into.
//!
//! ```text
//! map i in 0:N*M:                       map i in 0:N, j in 0:M:
//!     b[i] = a[i // M, i % M]       →       b[i*M + j] = a[i, j]
//! ```
//!
//! What `np.reshape` leaves behind. Accesses then run along rows without a division for each element, and the map fits others over
//! the same dimensions. The size of the map must be a product of the divisor: known as such, or equal to one by a check before it.
//! Quotients and remainders that the ranges of the maps decide are resolved, in all maps.

use super::common::{
    all_symbols, as_map_mut, assume_assign, assume_in, defined_symbols, fresh, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{Block, Map, Region, Schedule, Sdfg, accesses_of_region};
use crate::symbolic::{Atom, Expr, Facts, Range, Sym};
use std::collections::BTreeSet;

/// A division by a smaller constant is a multiplication, and a loop that short would cost more.
const SHORT: i64 = 16;

/// Returns how many parameters it divided.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let mut taken = all_symbols(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |_, region: &mut Region, facts, _| {
        let mut facts = facts.clone();
        for block in &mut region.blocks {
            if let Block::Assign(a) = block {
                assume_assign(&mut facts, a);
            }
            let Some(map) = as_map_mut(block) else {
                continue;
            };
            // Which parameter each one comes from, and by what that one has been divided: no divisor helps twice, and a quotient that
            // the facts do not resolve would be divided for ever.
            let mut origins: Vec<usize> = (0..map.params.len()).collect();
            let mut done = BTreeSet::new();
            while map.schedule == Schedule::Default
                && let Some(division) = division(map, &facts, &origins, &done)
            {
                let origin = origins[division.param];
                origins.insert(division.param + 1, origin);
                done.insert((origin, division.columns.clone()));
                divide(map, &division, &mut taken);
                resolve(map, &mut facts);
                changes += 1;
            }
            changes += usize::from(resolve(map, &mut facts));
        }
    });
    changes
}

/// Parameter `param`, of range `0:rows*columns`, is divided by `columns`.
struct Division {
    param: usize,
    rows: Expr,
    columns: Expr,
}

/// A parameter that some access divides by what divides its range, and that has not been divided so.
fn division(
    map: &Map,
    facts: &Facts,
    origins: &[usize],
    done: &BTreeSet<(usize, Expr)>,
) -> Option<Division> {
    let inner = defined_symbols(&map.body);
    for (param, (symbol, range)) in map.params.iter().zip(&map.ranges).enumerate() {
        if !range.begin.is_zero() || range.step.as_int() != Some(1) {
            continue;
        }
        let local = |e: &Expr| inner.iter().chain(&map.params).any(|s| e.contains(s));
        let divisors = divisors(&map.body, symbol);
        for columns in divisors.into_iter().filter(|d| !local(d)) {
            if columns.as_int().is_some_and(|n| n < SHORT)
                || done.contains(&(origins[param], columns.clone()))
            {
                continue;
            }
            for size in facts.equals_of(&range.end) {
                let Some(rows) = size.exact_div(&columns) else {
                    continue;
                };
                // Of two factors of a positive number, both are positive if one is not negative.
                if facts.is_nonneg(&rows) || facts.is_nonneg(&columns) {
                    return Some(Division {
                        param,
                        rows,
                        columns,
                    });
                }
            }
        }
    }
    None
}

/// What the symbol itself is divided by in the indices of a body's accesses.
fn divisors(body: &Region, symbol: &Sym) -> BTreeSet<Expr> {
    let mut found = BTreeSet::new();
    accesses_of_region(body, &mut |access| {
        access.memlet.subset.map(&mut |e| {
            gather(e, symbol, &mut found);
            e.clone()
        });
    });
    found
}

fn gather(e: &Expr, symbol: &Sym, found: &mut BTreeSet<Expr>) {
    for (atom, _) in e.terms().iter().flat_map(|(mono, _)| mono) {
        match atom {
            Atom::Sym(_) => {}
            Atom::Pos(e) | Atom::Wrap(e) => gather(e, symbol, found),
            Atom::FloorDiv(a, b) | Atom::Mod(a, b) => {
                if a.as_sym() == Some(symbol) {
                    found.insert((**b).clone());
                }
                gather(a, symbol, found);
                gather(b, symbol, found);
            }
        }
    }
}

fn divide(map: &mut Map, division: &Division, taken: &mut BTreeSet<Sym>) {
    let Division {
        param,
        rows,
        columns,
    } = division;
    let row = map.params[*param].clone();
    let column = fresh(&row, taken);
    map.ranges[*param] = Range::upto(rows.clone());
    map.params.insert(param + 1, column.clone());
    map.ranges.insert(param + 1, Range::upto(columns.clone()));
    // The row keeps the parameter's name, so that users find their maps.
    let index = &(&Expr::from(&row) * columns) + &Expr::from(&column);
    map.body.map_exprs(&mut |e| e.subs_one(&row, &index));
}

/// Resolves the quotients and remainders that the ranges of a map decide; whether there were any.
fn resolve(map: &mut Map, facts: &mut Facts) -> bool {
    let mark = facts.mark();
    for (p, r) in map.params.iter().zip(&map.ranges) {
        // There is an iteration.
        facts.assume_nonneg(&r.end - &r.begin - 1);
        assume_in(facts, p, r);
    }
    let mut changed = false;
    map.body.map_exprs(&mut |e| {
        if !e.divides() {
            return e.clone();
        }
        let simple = facts.simplify(e);
        changed |= simple != *e;
        simple
    });
    facts.truncate(mark);
    changed
}

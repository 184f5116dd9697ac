//! Merges maps, so that what one makes the other uses at once.
//!
//! ```text
//! map i in 0:N { t[i] = a[i] + b[i] }        map i in 0:N {
//! map j in 0:N { c[j] = t[j] * t[j] }            t[i] = a[i] + b[i]
//!                                                c[i] = t[i] * t[i]
//!                                            }
//! ```
//!
//! `array_contraction` and `tasklet_fusion` then turn `t[i]` into a scalar and the two tasklets into one.
//!
//! Two maps may become one over a set of matched parameters when every pair of accesses in conflict touches one element only where the matched
//! parameters agree. Matches are found from the conflicts themselves: `t[i]` written and `t[j - 1]` read give `j = i + 1`. Parameters that are
//! not matched stay in maps of their own inside: `map i { s[i] = 0 }; map i, k { s[i] += a[i, k] }` becomes one map over `i`. That is done where a
//! transient shrinks by it or an accumulator comes to stand beside its start value, and where no contiguous access becomes a strided one.

use super::common::{
    Footprint, as_map, as_map_mut, count_in_block, defined_symbols, disjoint, shapes, walk,
};
use crate::pipeline::Options;
use crate::sdfg::{Access, Block, DataId, Map, Region, Sdfg, State, accesses_of_region};
use crate::symbolic::{Dim, Expr, Facts, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks among which a map looks for its partner: with all of a program, the questions would grow with its square.
const REACH: usize = 64;

/// Returns how many pairs of maps it merged.
pub fn run(sdfg: &mut Sdfg, _: &Options) -> usize {
    let total = super::common::count_accesses(&sdfg.body);
    let visible: BTreeSet<DataId> = sdfg.ids().filter(|d| sdfg.is_visible(*d)).collect();
    let shapes = shapes(sdfg);
    let mut changes = 0;
    walk(sdfg, &mut |_, region, facts, _| {
        let mut fusion = Fusion {
            total: &total,
            visible: &visible,
            shapes: &shapes,
            facts,
        };
        changes += fusion.region(region);
    });
    changes
}

struct Fusion<'a> {
    total: &'a BTreeMap<DataId, usize>,
    visible: &'a BTreeSet<DataId>,
    shapes: &'a [Vec<Expr>],
    facts: &'a Facts,
}

/// How far a block can move up, as far as that has been asked.
#[derive(Default)]
struct Rises {
    /// It commutes with so many blocks before it.
    by: usize,
    /// And not with the next one.
    is_held: bool,
}

/// Whether a block can move down, as far as that has been asked.
#[derive(Default)]
struct Stays {
    /// Some block in the way does not commute with it.
    is_held: bool,
    /// The blocks before this one have been asked.
    asked: usize,
}

/// Parameter `b` of the second map equals parameter `a` of the first plus an offset.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    pub a: usize,
    pub b: usize,
    pub offset: Expr,
}

impl Fusion<'_> {
    fn region(&mut self, region: &mut Region) -> usize {
        let mut prints: Vec<Footprint> = region
            .blocks
            .iter()
            .map(|b| Footprint::of(b, self.shapes))
            .collect();
        let mut rises: Vec<Rises> = Vec::new();
        let mut changes = 0;
        let mut i = 0;
        while i < region.blocks.len() {
            let mut fused = false;
            if as_map(&region.blocks[i]).is_some() {
                let mut stays = Stays::default();
                rises.resize_with(region.blocks.len(), Rises::default);
                let last = region.blocks.len().min(i + 1 + REACH);
                for j in i + 1..last {
                    if prints[j].jumps {
                        break;
                    }
                    let (Some(a), Some(b)) = (as_map(&region.blocks[i]), as_map(&region.blocks[j]))
                    else {
                        continue;
                    };
                    // The cheap questions first: all pairs are asked.
                    if !self.share(&prints[i], &prints[j]) {
                        continue;
                    }
                    let Some(up) = self.meeting_point(&prints, i, j, &mut rises[j], &mut stays)
                    else {
                        continue;
                    };
                    let Ok(matches) = self.plan(
                        a,
                        b,
                        &prints[i],
                        &prints[j],
                        &region.blocks[i],
                        &region.blocks[j],
                    ) else {
                        continue;
                    };
                    let second = region.blocks.remove(j);
                    prints.remove(j);
                    let mut first = std::mem::replace(&mut region.blocks[i], Block::Break);
                    merge(&mut first, second, &matches);
                    let at = if up {
                        i
                    } else {
                        region.blocks.remove(i);
                        prints.remove(i);
                        region.blocks.insert(j - 1, Block::Break);
                        prints.insert(j - 1, Footprint::default());
                        j - 1
                    };
                    prints[at] = Footprint::of(&first, self.shapes);
                    region.blocks[at] = first;
                    // The blocks are others now.
                    rises.clear();
                    changes += 1;
                    fused = true;
                    break;
                }
            }
            if !fused {
                i += 1;
            }
        }
        changes
    }

    /// Whether the second block can move up to the first (`true`), or the first down to the second (`false`).
    fn meeting_point(
        &self,
        prints: &[Footprint],
        i: usize,
        j: usize,
        rises: &mut Rises,
        stays: &mut Stays,
    ) -> Option<bool> {
        while !rises.is_held && rises.by < j - i - 1 {
            let next = j - 1 - rises.by;
            rises.is_held = !prints[next].commutes(&prints[j], self.facts);
            rises.by += usize::from(!rises.is_held);
        }
        if rises.by >= j - i - 1 {
            return Some(true);
        }
        let from = stays.asked.max(i + 1);
        stays.is_held =
            stays.is_held || (from..j).any(|k| !prints[k].commutes(&prints[i], self.facts));
        stays.asked = j;
        (!stays.is_held).then_some(false)
    }

    /// Whether they have an array in common.
    fn share(&self, a: &Footprint, b: &Footprint) -> bool {
        a.reads
            .keys()
            .chain(a.writes.keys())
            .any(|d| b.touches(*d) && !self.shapes[d.0 as usize].is_empty())
    }

    fn plan(
        &self,
        a: &Map,
        b: &Map,
        print_a: &Footprint,
        print_b: &Footprint,
        block_a: &Block,
        block_b: &Block,
    ) -> Result<Vec<Match>, String> {
        let matches = matching(a, b, self.facts)?;
        if matches.len() == a.params.len() && matches.len() == b.params.len() {
            return Ok(matches);
        }
        let matches = stable(a, b, matches);
        if matches.is_empty() {
            return Err("no parameter of the one is a parameter of the other".to_owned());
        }
        let (count_a, count_b) = (count_in_block(block_a), count_in_block(block_b));
        let beneficial = print_a.writes.iter().any(|(d, write)| {
            print_b.touches(*d)
                && if self.visible.contains(d) {
                    // An accumulator and its start value, or a finished accumulator and its use.
                    write.wcr.is_some() || print_b.writes.get(d).is_some_and(|w| w.wcr.is_some())
                } else {
                    let here =
                        count_a.get(d).copied().unwrap_or(0) + count_b.get(d).copied().unwrap_or(0);
                    self.total.get(d) == Some(&here)
                        || print_b.writes.get(d).is_some_and(|w| w.wcr.is_some())
                }
        });
        if beneficial {
            Ok(matches)
        } else {
            Err("only some parameters are common, and nothing shrinks by it".to_owned())
        }
    }
}

/// The parameters over which two maps, the first right before the second, may become one.
pub fn matching(a: &Map, b: &Map, facts: &Facts) -> Result<Vec<Match>, String> {
    if a.schedule != b.schedule {
        return Err("their schedules differ".to_owned());
    }
    let (mut accesses_a, mut accesses_b) = (Vec::new(), Vec::new());
    accesses_of_region(&a.body, &mut |x| accesses_a.push(x));
    accesses_of_region(&b.body, &mut |x| accesses_b.push(x));
    let mut inner = defined_symbols(&a.body);
    inner.extend(defined_symbols(&b.body));
    let mut common: Option<Vec<Match>> = None;
    for x in &accesses_a {
        for y in &accesses_b {
            if !in_conflict(x, y) || disjoint(&hidden(a, x), &hidden(b, y), facts) {
                continue;
            }
            let implied = implied(a, b, x, y, &inner);
            let left: Vec<Match> = match common.take() {
                None => implied,
                Some(old) => old.into_iter().filter(|m| implied.contains(m)).collect(),
            };
            if left.is_empty() {
                return Err(
                    "an iteration of the second uses what several iterations of the first touch"
                        .to_owned(),
                );
            }
            common = Some(left);
        }
    }
    let candidates = common.unwrap_or_else(|| {
        // Nothing depends on anything: match in order.
        (0..a.params.len().min(b.params.len()))
            .map(|k| Match {
                a: k,
                b: k,
                offset: &b.ranges[k].begin - &a.ranges[k].begin,
            })
            .collect()
    });
    let mut chosen: Vec<Match> = Vec::new();
    for m in candidates {
        let (r, s) = (&a.ranges[m.a], &b.ranges[m.b]);
        // Of many maps over parts of an array few are as long as each other, and that is asked of short expressions.
        let equal = r.step == s.step
            && facts.eq(&(&r.end - &r.begin), &(&s.end - &s.begin))
            && facts.eq(&(&r.begin + &m.offset), &s.begin)
            && facts.eq(&(&r.end + &m.offset), &s.end);
        if equal && chosen.iter().all(|c| c.a != m.a && c.b != m.b) {
            chosen.push(m);
        }
    }
    if chosen.is_empty() {
        Err("their ranges differ".to_owned())
    } else {
        Ok(chosen)
    }
}

pub(super) fn in_conflict(x: &Access, y: &Access) -> bool {
    x.memlet.data == y.memlet.data
        && (x.write || y.write)
        && !(x.write && y.write && x.memlet.wcr.is_some() && x.memlet.wcr == y.memlet.wcr)
}

/// A subset for a test of disjointness over all iterations: dimensions that vary are made unknown.
pub(super) fn hidden(map: &Map, x: &Access) -> crate::symbolic::Subset {
    let mut subset = x.memlet.subset.clone();
    let inner = defined_symbols(&map.body);
    for dim in &mut subset.0 {
        let vary = |e: &Expr| map.params.iter().chain(&inner).any(|s| e.contains(s));
        let (low, high) = dim.hull();
        if vary(&low) || vary(&high) {
            // A step that is not constant tells nothing.
            *dim = Dim::Range(crate::symbolic::Range::new(0, 0, Expr::sym("?")));
        }
    }
    subset
}

/// The matches that hold wherever two accesses touch one element.
pub(super) fn implied(
    a: &Map,
    b: &Map,
    x: &Access,
    y: &Access,
    inner: &BTreeSet<Sym>,
) -> Vec<Match> {
    let mut found = Vec::new();
    for (dx, dy) in x.memlet.subset.0.iter().zip(&y.memlet.subset.0) {
        let (Dim::Index(ex), Dim::Index(ey)) = (dx, dy) else {
            continue;
        };
        let (Some((p, cx, rx)), Some((q, cy, ry))) = (
            single_param(ex, &a.params, inner),
            single_param(ey, &b.params, inner),
        ) else {
            continue;
        };
        // c p + r = c q + s, so q = p + (r - s) / c
        if cx != cy {
            continue;
        }
        if let Some(offset) = (rx - ry).exact_div(&Expr::int(cx)) {
            let m = Match { a: p, b: q, offset };
            if !found.contains(&m) {
                found.push(m);
            }
        }
    }
    found
}

/// `(k, c, r)` if an index is `c * params[k] + r` with a constant `c` and an `r` without parameters and inner symbols.
fn single_param(e: &Expr, params: &[Sym], inner: &BTreeSet<Sym>) -> Option<(usize, i64, Expr)> {
    let mut named = params.iter().enumerate().filter(|(_, p)| e.contains(p));
    let (k, p) = named.next()?;
    if named.next().is_some() || inner.iter().any(|s| e.contains(s)) {
        return None;
    }
    let (c, r) = e.linear_in(p)?;
    let c = c.as_int().filter(|c| *c != 0)?;
    Some((k, c, r))
}

/// Of the matches, those that keep parallel what was parallel and contiguous what was contiguous, when other parameters stay inside.
fn stable(a: &Map, b: &Map, mut matches: Vec<Match>) -> Vec<Match> {
    loop {
        let before = matches.len();
        let outer_a: Vec<Sym> = matches.iter().map(|m| a.params[m.a].clone()).collect();
        let outer_b: Vec<Sym> = matches.iter().map(|m| b.params[m.b].clone()).collect();
        let mut k = 0;
        matches.retain(|_| {
            k += 1;
            may_be_outer(a, &outer_a[k - 1], &outer_a) && may_be_outer(b, &outer_b[k - 1], &outer_b)
        });
        if matches.len() == before {
            return matches;
        }
    }
}

/// Whether a parameter of a map may move outwards, together with others, leaving the rest inside.
pub fn may_be_outer(map: &Map, param: &Sym, outer: &[Sym]) -> bool {
    let inner = defined_symbols(&map.body);
    let rest: Vec<&Sym> = map.params.iter().filter(|p| !outer.contains(p)).collect();
    if rest.is_empty() && inner.is_empty() {
        return true;
    }
    let mut fine = true;
    accesses_of_region(&map.body, &mut |x| {
        let dims = &x.memlet.subset.0;
        let names = |dim: &Dim, s: &Sym| match dim {
            Dim::Index(e) => e.contains(s),
            Dim::Range(r) => r.contains_sym(s),
        };
        // A resolved write must be one iteration's alone.
        if x.write && x.memlet.wcr.is_some() && !dims.iter().any(|d| names(d, param)) {
            fine = false;
        }
        // An access that ran along memory must not come to stride over it.
        if let Some((last, others)) = dims.split_last()
            && names(last, param)
            && !rest.iter().any(|s| names(last, s))
            && others.iter().any(|d| rest.iter().any(|s| names(d, s)))
        {
            fine = false;
        }
    });
    fine
}

/// Puts the second map's body behind the first's.
pub fn merge(first: &mut Block, second: Block, matches: &[Match]) {
    let mut second = second;
    let (Some(a), Some(b)) = (as_map_mut(first), as_map_mut(&mut second)) else {
        return;
    };
    let body_b = rest(b, &matches.iter().map(|m| m.b).collect::<Vec<_>>());
    let body_a = rest(a, &matches.iter().map(|m| m.a).collect::<Vec<_>>());
    let params: Vec<Sym> = matches.iter().map(|m| a.params[m.a].clone()).collect();
    let mut body_b = body_b;
    body_b.subs(&|s| {
        matches
            .iter()
            .find(|m| b.params[m.b] == *s)
            .map(|m| Expr::from(&a.params[m.a]) + &m.offset)
    });
    // The order of the first map's parameters is kept.
    let mut order: Vec<usize> = (0..matches.len()).collect();
    order.sort_by_key(|k| matches[*k].a);
    let ranges = order
        .iter()
        .map(|k| a.ranges[matches[*k].a].clone())
        .collect();
    let mut blocks = body_a.blocks;
    blocks.extend(body_b.blocks);
    let map = Map {
        name: a.name.clone(),
        params: order.iter().map(|k| params[*k].clone()).collect(),
        ranges,
        schedule: a.schedule,
        body: Region::new(blocks),
        explicit: a.explicit || b.explicit,
        span: a.span,
    };
    *first = Block::State(State::of_map(map));
}

/// The body of a map over the parameters that are not matched.
fn rest(map: &mut Map, matched: &[usize]) -> Region {
    let body = std::mem::take(&mut map.body);
    let inner: Vec<usize> = (0..map.params.len())
        .filter(|k| !matched.contains(k))
        .collect();
    if inner.is_empty() {
        return body;
    }
    let map = Map {
        name: map.name.clone(),
        params: inner.iter().map(|k| map.params[*k].clone()).collect(),
        ranges: inner.iter().map(|k| map.ranges[*k].clone()).collect(),
        schedule: map.schedule,
        body,
        explicit: map.explicit,
        span: map.span,
    };
    Region::new(vec![Block::State(State::of_map(map))])
}

//! Random programs.

mod arrays;
mod extremes;
mod general;
mod literals;
mod loops;
pub mod names;
mod races;

use std::fmt;
use std::str::FromStr;

/// What random programs are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Arrays, loops and everything else in turn.
    #[default]
    Mixed,
    /// Integers at the ends of their ranges.
    Extremes,
    /// Literals at the ends of the ranges of types.
    Literals,
    /// Names of Rust, of the runtime and of generated code, and random ones.
    Names,
    /// Iterations that meet in memory.
    Races,
}

/// The kinds with their names, as the command line has them.
pub const KINDS: &[(&str, Kind)] = &[
    ("mixed", Kind::Mixed),
    ("extremes", Kind::Extremes),
    ("literals", Kind::Literals),
    ("names", Kind::Names),
    ("races", Kind::Races),
];

impl FromStr for Kind {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        let known = KINDS.iter().find(|(n, _)| *n == name);
        known.map(|(_, kind)| *kind).ok_or(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = KINDS.iter().find(|(_, kind)| kind == self);
        f.write_str(name.map_or("", |(n, _)| n))
    }
}

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A program and its settings (see [`super::oracle::Case`]).
pub fn program(kind: Kind, seed: u64) -> (String, String) {
    let mixed = Random(seed).below(usize::MAX) as u64;
    let (text, settings) = match (kind, seed % 4) {
        (Kind::Extremes, _) => extremes::program(mixed),
        (Kind::Literals, _) => return literals::program(seed),
        (Kind::Names, _) => return names::program(seed),
        (Kind::Races, _) => races::program(mixed),
        (Kind::Mixed, 0) => arrays::program(mixed),
        (Kind::Mixed, 1) => loops::program(mixed),
        (Kind::Mixed, _) => general::program(mixed),
    };
    // The attribute belongs to the last function.
    let (helpers, last) = text.split_at(text.rfind("def f(").unwrap_or(0));
    (format!("{helpers}{}{last}", attributes(seed)), settings)
}

/// How the program is to be compiled; to Python these are comments.
fn attributes(seed: u64) -> &'static str {
    match seed / 4 % 8 {
        1 => "#[strict_fp]\n",
        3 | 6 => "#[auto_optimize(off)]\n",
        _ => "",
    }
}

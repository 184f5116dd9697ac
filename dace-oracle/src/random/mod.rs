//! Random programs.

mod arrays;
mod general;
mod loops;
mod races;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What the programs of a campaign are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Everything, in turn.
    #[default]
    Mixed,
    /// Iterations that meet in memory.
    Races,
}

impl Kind {
    pub const ALL: [(Self, &'static str); 2] = [(Self::Mixed, "mixed"), (Self::Races, "races")];

    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, n)| *n == name).map(|(kind, _)| kind)
    }

    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(kind, _)| *kind == self).map_or("", |(_, n)| n)
    }
}

/// A program and its settings (see [`super::oracle::Case`]).
pub fn program(kind: Kind, seed: u64) -> (String, String) {
    let mixed = Random(seed).below(usize::MAX) as u64;
    let (text, settings) = match (kind, seed % 4) {
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

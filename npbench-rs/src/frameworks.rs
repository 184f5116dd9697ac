//! Who may run a program.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Framework {
    #[value(name = "dace-rs")]
    DaceRs,
    Numpy,
    Numba,
    Pythran,
    Dace,
    Jax,
    C,
}

impl Framework {
    pub const ALL: [Self; 7] = [
        Self::DaceRs,
        Self::Numpy,
        Self::Numba,
        Self::Pythran,
        Self::Dace,
        Self::Jax,
        Self::C,
    ];

    /// On the command line, in the results and in the names of the files in `peers/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::DaceRs => "dace-rs",
            Self::Numpy => "numpy",
            Self::Numba => "numba",
            Self::Pythran => "pythran",
            Self::Dace => "dace",
            Self::Jax => "jax",
            Self::C => "c",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// For headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::DaceRs => "dace-rs",
            Self::Numpy => "NumPy",
            Self::Numba => "Numba",
            Self::Pythran => "Pythran",
            Self::Dace => "Python DaCe",
            Self::Jax => "JAX",
            Self::C => "C",
        }
    }

    /// Ways to compile a program, of which the fastest valid one counts.
    pub fn modes(self) -> &'static [&'static str] {
        match self {
            Self::Numba => &["serial", "parallel"],
            Self::Dace => &["plain", "auto_opt"],
            _ => &[""],
        }
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A framework in one of its modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Contestant {
    pub framework: Framework,
    pub mode: &'static str,
}

impl Contestant {
    /// The frameworks in all their modes.
    pub fn of(frameworks: &[Framework]) -> Vec<Self> {
        let modes = |&framework: &Framework| {
            let modes = framework.modes().iter();
            modes.map(move |mode| Self { framework, mode })
        };
        frameworks.iter().flat_map(modes).collect()
    }
}

impl fmt::Display for Contestant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.framework.name())?;
        if self.mode.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", self.mode)
        }
    }
}

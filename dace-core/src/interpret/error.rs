//! How a run can fail.

use crate::sdfg::DType;
use std::fmt;

/// Why a run gave no result.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// Number of arguments.
    ArgumentCount {
        expected: usize,
        found: usize,
    },
    /// Element type of an argument.
    ArgumentType {
        argument: String,
        expected: DType,
        found: DType,
    },
    /// Number of dimensions of an argument.
    ArgumentRank {
        argument: String,
        expected: usize,
        found: usize,
    },
    /// A tensor with more or fewer elements than its shape says, or of other types.
    ArgumentData {
        argument: String,
    },
    /// A trailing argument that is missing, or a symbol that is none.
    Symbol {
        symbol: String,
        missing: bool,
    },
    /// A dimension of an argument; `value` is what `expected` comes to.
    Shape {
        argument: String,
        dim: usize,
        expected: String,
        value: Option<i64>,
        found: i64,
    },
    /// An access outside of a container, or a data-dependent index outside of the region it indexes.
    Index {
        container: String,
        dim: usize,
        index: i64,
        size: i64,
    },
    /// A symbol assigned outside of its promised bounds (inclusive).
    Bounds {
        symbol: String,
        value: i64,
        low: Option<i64>,
        high: Option<i64>,
    },
    /// A number that an integer type cannot hold.
    Element {
        value: i64,
        dtype: DType,
    },
    NegativeSize {
        what: String,
        size: i64,
    },
    /// A dimension of an argument beyond [`crate::symbolic::MAX_SIZE`].
    TooLarge {
        what: String,
        size: u64,
    },
    /// A symbolic expression without a value: overflow, division by zero, or a symbol that is not defined.
    NoValue {
        expression: String,
    },
    ZeroStep,
    /// An integer to a negative power.
    NegativePower,
    SingularMatrix,
    NotPositiveDefinite,
    /// `argmin` or `argmax` of nothing.
    EmptyReduction,
    /// Operands of a library operation whose shapes do not fit.
    Operands(String),
    StepBudget(u64),
    /// An element of a transient private to a map, read before its iteration wrote it.
    Uninitialised {
        container: String,
    },
    /// Two iterations of a map touch one element, at least one of them by writing it.
    Race {
        map: String,
        container: String,
        index: Vec<i64>,
    },
    /// Elements for which there is no memory; their number may overflow.
    Memory {
        what: String,
        elements: Option<u64>,
    },
    /// The SDFG breaks an invariant that [`crate::verify`] checks.
    Malformed(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ArgumentCount { expected, found } => {
                write!(f, "{expected} arguments expected, {found} given")
            }
            Self::ArgumentType {
                argument,
                expected,
                found,
            } => write!(
                f,
                "argument `{argument}` is of type {found}, not {expected}"
            ),
            Self::ArgumentRank {
                argument,
                expected,
                found,
            } => {
                write!(
                    f,
                    "argument `{argument}` has {found} dimensions, not {expected}"
                )
            }
            Self::ArgumentData { argument } => write!(
                f,
                "the elements of argument `{argument}` do not fit its shape and type"
            ),
            Self::Symbol {
                symbol,
                missing: true,
            } => write!(f, "no value given for the symbol `{symbol}`"),
            Self::Symbol {
                symbol,
                missing: false,
            } => write!(f, "`{symbol}` is not a trailing argument of the program"),
            Self::Shape {
                argument,
                dim,
                expected,
                value,
                found,
            } => {
                write!(
                    f,
                    "dimension {dim} of `{argument}` is {found}; `{expected}` was expected"
                )?;
                value.map_or(Ok(()), |v| {
                    if v.to_string() == *expected {
                        Ok(())
                    } else {
                        write!(f, ", which is {v}")
                    }
                })
            }
            Self::Index {
                container,
                dim,
                index,
                size,
            } => {
                write!(
                    f,
                    "index {index} is out of bounds for dimension {dim} of `{container}` with size {size}"
                )
            }
            Self::Bounds {
                symbol,
                value,
                low,
                high,
            } => {
                write!(f, "`{symbol}` is {value}")?;
                low.map_or(Ok(()), |low| write!(f, ", at least {low} was promised"))?;
                high.map_or(Ok(()), |high| write!(f, ", at most {high} was promised"))
            }
            Self::Element { value, dtype } => write!(f, "{value} is out of bounds for {dtype}"),
            Self::NegativeSize { what, size } => write!(f, "`{what}` has the negative size {size}"),
            Self::TooLarge { what, size } => {
                write!(f, "{size} in `{what}` is too large for a size")
            }
            Self::NoValue { expression } => write!(
                f,
                "`{expression}` has no value (overflow, division by zero, or an undefined symbol)"
            ),
            Self::ZeroStep => f.write_str("the step of a range is zero"),
            Self::NegativePower => {
                f.write_str("integers to negative integer powers are not allowed")
            }
            Self::SingularMatrix => f.write_str("singular matrix"),
            Self::NotPositiveDefinite => f.write_str("matrix is not positive definite"),
            Self::EmptyReduction => f.write_str("argmin or argmax of an empty sequence"),
            Self::Operands(what) => write!(f, "operands do not fit: {what}"),
            Self::StepBudget(steps) => write!(f, "not done after {steps} steps"),
            Self::Uninitialised { container } => write!(
                f,
                "an element of `{container}` is read before it is written"
            ),
            Self::Race {
                map,
                container,
                index,
            } => {
                write!(
                    f,
                    "two iterations of the map `{map}` touch element {index:?} of `{container}`, at least one by a write"
                )
            }
            Self::Memory {
                what,
                elements: Some(elements),
            } => write!(f, "no memory for the {elements} elements of {what}"),
            Self::Memory {
                what,
                elements: None,
            } => write!(f, "the number of elements of {what} overflows"),
            Self::Malformed(what) => write!(f, "malformed SDFG: {what}"),
        }
    }
}

impl std::error::Error for RunError {}

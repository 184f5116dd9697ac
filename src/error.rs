//! What can go wrong when a generated function runs.

use std::fmt;

/// Why a generated function gave no result. Arrays passed as `&mut` may have been written in part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An argument's shape does not match its annotation.
    Shape {
        argument: &'static str,
        dimension: usize,
        /// The expression of the annotation.
        expected: &'static str,
        /// Its value, if it has one.
        value: Option<i64>,
        found: i64,
    },
    /// An argument's number of dimensions does not match its annotation.
    Rank {
        argument: &'static str,
        expected: usize,
        found: usize,
    },
    /// A symbol that is an argument of its own is negative or larger than any array.
    Symbol { symbol: &'static str, value: i64 },
    /// An integer argument that does not fit into `int64`.
    Argument { argument: &'static str },
    /// An index outside of an array.
    Index {
        array: &'static str,
        dimension: usize,
        index: i64,
        size: i64,
    },
    /// A value outside of the range it was promised to lie in.
    Range { symbol: &'static str, value: i64 },
    /// A number that was to be kept in an integer type, or to meet one, that cannot hold it.
    Element { value: i64, dtype: &'static str },
    /// An array of negative or unrepresentable size.
    Size { array: &'static str },
    /// An integer expression of the program whose value does not fit into 64 bits.
    Overflow,
    /// A range with a step of zero.
    Step,
    /// No memory for an array that the function makes: a result, a temporary, or the copy of an argument.
    Memory { array: &'static str, bytes: usize },
    /// An integer to a negative power.
    NegativePower,
    /// A singular matrix.
    Singular,
    /// A matrix that is not positive definite.
    NotPositiveDefinite,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape {
                argument,
                dimension,
                expected,
                value,
                found,
            } => {
                write!(
                    f,
                    "argument `{argument}`: dimension {dimension} is {found}, expected {expected}"
                )?;
                match value {
                    Some(v) if v.to_string() != *expected => write!(f, " = {v}"),
                    _ => Ok(()),
                }
            }
            Self::Rank {
                argument,
                expected,
                found,
            } => write!(
                f,
                "argument `{argument}` has {found} dimensions, expected {expected}"
            ),
            Self::Symbol { symbol, value } => {
                write!(f, "symbol `{symbol}` = {value} is not a size")
            }
            Self::Argument { argument } => {
                write!(f, "argument `{argument}` does not fit into int64")
            }
            Self::Index {
                array,
                dimension,
                index,
                size,
            } => write!(
                f,
                "index {index} is out of bounds for dimension {dimension} of `{array}` with size {size}"
            ),
            Self::Range { symbol, value } => {
                write!(f, "`{symbol}` = {value} is out of its range")
            }
            Self::Element { value, dtype } => write!(f, "{value} is out of bounds for {dtype}"),
            Self::Size { array } => {
                write!(f, "`{array}` would have a negative or too large size")
            }
            Self::Overflow => f.write_str("an integer expression does not fit into 64 bits"),
            Self::Step => f.write_str("a range with a step of zero"),
            Self::Memory { array, bytes } => write!(f, "no memory for `{array}` of {bytes} bytes"),
            Self::NegativePower => f.write_str("an integer to a negative power"),
            Self::Singular => f.write_str("singular matrix"),
            Self::NotPositiveDefinite => f.write_str("matrix is not positive definite"),
        }
    }
}

impl std::error::Error for Error {}

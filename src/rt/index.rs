//! Checks, and integer arithmetic of indices and sizes.

use crate::Error;

/// No array has a larger dimension, unless it is empty; sums and small products of sizes then fit into 64 bits.
pub const MAX_SIZE: i64 = 1 << 47;

#[cold]
#[inline(never)]
fn index_error(array: &'static str, dimension: usize, index: i64, size: i64) -> Error {
    Error::Index {
        array,
        dimension,
        index,
        size,
    }
}

/// The stride of a dimension that is not the last. Where a loop runs along such a dimension, LLVM would make a vectorised version for a stride of one, and
/// one element at a time for every other; that the stride is a sum keeps it from that guess.
#[inline(always)]
pub fn row_stride(stride: i64) -> i64 {
    stride + std::hint::black_box(0)
}

/// `index`, if it lies in `0..size`.
#[inline(always)]
pub fn index(index: i64, size: i64, array: &'static str, dimension: usize) -> Result<i64, Error> {
    if (index as u64) < (size as u64) && size > 0 {
        Ok(index)
    } else {
        Err(index_error(array, dimension, index, size))
    }
}

/// The same for an index that may not fit into 64 bits.
#[inline(always)]
pub fn index_wide(
    wide: i128,
    size: i64,
    array: &'static str,
    dimension: usize,
) -> Result<i64, Error> {
    if wide >= 0 && wide < i128::from(size) {
        Ok(wide as i64)
    } else {
        Err(index_error(
            array,
            dimension,
            i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX }),
            size,
        ))
    }
}

/// Checks that all of `first..=last` (in any order) lies in `0..size`.
#[inline(always)]
pub fn span(
    first: i128,
    last: i128,
    size: i64,
    array: &'static str,
    dimension: usize,
) -> Result<(), Error> {
    index_wide(first, size, array, dimension)?;
    index_wide(last, size, array, dimension)?;
    Ok(())
}

/// The value of an integer expression computed in 128 bits.
#[inline(always)]
pub fn fit(value: i128) -> Result<i64, Error> {
    i64::try_from(value).map_err(|_| Error::Overflow)
}

/// A sum in 128 bits.
#[inline(always)]
pub fn wide_add(a: i128, b: i128) -> Result<i128, Error> {
    a.checked_add(b).ok_or(Error::Overflow)
}
/// A difference in 128 bits.
#[inline(always)]
pub fn wide_sub(a: i128, b: i128) -> Result<i128, Error> {
    a.checked_sub(b).ok_or(Error::Overflow)
}
/// A product in 128 bits.
#[inline(always)]
pub fn wide_mul(a: i128, b: i128) -> Result<i128, Error> {
    a.checked_mul(b).ok_or(Error::Overflow)
}

/// A symbol that is an argument of its own: a size.
#[inline]
pub fn symbol(value: i64, symbol: &'static str) -> Result<i64, Error> {
    if (0..=MAX_SIZE).contains(&value) {
        Ok(value)
    } else {
        Err(Error::Symbol { symbol, value })
    }
}

/// An argument's shape.
#[derive(Clone, Copy)]
pub struct Shape<'a> {
    sizes: &'a [usize],
    argument: &'static str,
}

impl<'a> Shape<'a> {
    #[inline]
    pub fn new(sizes: &'a [usize], argument: &'static str) -> Self {
        Self { sizes, argument }
    }
    /// A dimension's size.
    #[inline]
    pub fn size(self, dimension: usize) -> Result<i64, Error> {
        match self.sizes.get(dimension) {
            Some(&n) if n <= MAX_SIZE as usize => Ok(n as i64),
            _ => Err(Error::Size {
                array: self.argument,
            }),
        }
    }
    /// Solves `factor * symbol + offset = size`.
    #[inline]
    pub fn solve(
        self,
        dimension: usize,
        factor: i64,
        offset: i128,
        expected: &'static str,
    ) -> Result<i64, Error> {
        let found = self.size(dimension)?;
        let factor = i128::from(factor);
        let value = i128::from(found).checked_sub(offset).and_then(|span| {
            (span.checked_rem(factor) == Some(0))
                .then(|| span / factor)
                .filter(|v| (0..=i128::from(MAX_SIZE)).contains(v))
        });
        value.map(|v| v as i64).ok_or(Error::Shape {
            argument: self.argument,
            dimension,
            expected,
            value: None,
            found,
        })
    }
    /// Checks one dimension against its annotation.
    #[inline]
    pub fn check(self, dimension: usize, value: i128, expected: &'static str) -> Result<(), Error> {
        same(
            self.size(dimension)?,
            value,
            self.argument,
            dimension,
            expected,
        )
    }
}

/// Checks one dimension of an argument.
#[inline]
pub fn same(
    found: i64,
    value: i128,
    argument: &'static str,
    dimension: usize,
    expected: &'static str,
) -> Result<(), Error> {
    if i128::from(found) == value {
        return Ok(());
    }
    Err(Error::Shape {
        argument,
        dimension,
        expected,
        value: i64::try_from(value).ok(),
        found,
    })
}

/// Checks an argument's number of dimensions.
#[inline]
pub fn rank(found: usize, expected: usize, argument: &'static str) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Rank {
        argument,
        expected,
        found,
    })
}

/// Checks the bounds of an assigned symbol.
#[inline(always)]
pub fn within(value: i64, low: i128, high: i128, symbol: &'static str) -> Result<i64, Error> {
    if i128::from(value) >= low && i128::from(value) <= high {
        Ok(value)
    } else {
        Err(Error::Range { symbol, value })
    }
}

/// Checks a number that is to be kept in an integer type.
#[inline(always)]
pub fn fitting(value: i64, low: i128, high: i128, dtype: &'static str) -> Result<i64, Error> {
    if i128::from(value) >= low && i128::from(value) <= high {
        Ok(value)
    } else {
        Err(Error::Element { value, dtype })
    }
}

/// Checks an index that has been wrapped if it was negative. `last` is the last index of the dimension.
#[inline(always)]
pub fn wrapped(
    value: i64,
    last: i128,
    array: &'static str,
    dimension: usize,
) -> Result<i64, Error> {
    if value >= 0 && i128::from(value) <= last {
        return Ok(value);
    }
    let size = i64::try_from(last + 1).unwrap_or(i64::MAX);
    // As it was before it was wrapped.
    let index = if value < 0 {
        value.wrapping_sub(size)
    } else {
        value
    };
    Err(index_error(array, dimension, index, size))
}

/// The number of iterations of Python's `range(begin, end, step)`.
#[inline(always)]
pub fn trips(begin: i64, end: i64, step: i64) -> Result<i64, Error> {
    let span = i128::from(end) - i128::from(begin);
    let step = i128::from(step);
    match step {
        0 => Err(Error::Step),
        1.. => fit(((span + step - 1).div_euclid(step)).max(0)),
        _ => fit(((-span - step - 1).div_euclid(-step)).max(0)),
    }
}

/// The number of iterations for a step that is a positive constant.
#[inline(always)]
pub fn trips_up(begin: i64, end: i64, step: i64) -> i64 {
    if begin >= end {
        0
    } else {
        // The span of two i64 fits into a u64.
        ((end.wrapping_sub(begin) as u64 - 1) / (step as u64))
            .wrapping_add(1)
            .min(i64::MAX as u64) as i64
    }
}

/// Iterations of which the first-level cache holds what they read.
const BLOCK: i64 = 512;

/// Divides `n` iterations into blocks.
#[inline(always)]
pub fn blocks(n: i64) -> impl Iterator<Item = (i64, i64)> {
    (0..n)
        .step_by(BLOCK as usize)
        .map(move |lo| (lo, n.min(lo + BLOCK)))
}

/// `max(0, a)`.
#[inline(always)]
pub fn pos<T: Ord + Default>(a: T) -> T {
    a.max(T::default())
}

/// Floor division in 128 bits; 0 for a divisor of 0.
#[inline(always)]
pub fn wide_div(a: i128, b: i128) -> i128 {
    if b == 0 {
        return 0;
    }
    let (q, r) = (a.wrapping_div(b), a.wrapping_rem(b));
    if r != 0 && (r < 0) != (b < 0) {
        q - 1
    } else {
        q
    }
}
/// Python's modulo in 128 bits; 0 for a divisor of 0.
#[inline(always)]
pub fn wide_mod(a: i128, b: i128) -> i128 {
    if b == 0 {
        return 0;
    }
    let r = a.wrapping_rem(b);
    if r != 0 && (r < 0) != (b < 0) {
        r + b
    } else {
        r
    }
}

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

/// A product in 128 bits; an overflow gives a value that does not fit.
#[inline(always)]
pub fn wide_mul(a: i128, b: i128) -> i128 {
    a.saturating_mul(b)
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

/// A dimension's size.
#[inline]
pub fn size(shape: &[usize], dimension: usize, argument: &'static str) -> Result<i64, Error> {
    let found = shape.get(dimension).copied().unwrap_or(usize::MAX);
    if found <= MAX_SIZE as usize {
        Ok(found as i64)
    } else {
        Err(Error::Size { array: argument })
    }
}

/// Solves `factor * symbol + offset = found`.
#[inline]
pub fn solve(
    found: i64,
    factor: i64,
    offset: i128,
    argument: &'static str,
    dimension: usize,
    expected: &'static str,
) -> Result<i64, Error> {
    let span = i128::from(found) - offset;
    let value = span / i128::from(factor);
    if span % i128::from(factor) == 0 && (0..=i128::from(MAX_SIZE)).contains(&value) {
        return Ok(value as i64);
    }
    Err(Error::Shape {
        argument,
        dimension,
        expected,
        value: None,
        found,
    })
}

/// Checks one dimension of an argument against its annotation.
#[inline]
pub fn shape(
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

/// Checks the bounds of an assigned symbol.
#[inline(always)]
pub fn within(value: i64, low: i128, high: i128, symbol: &'static str) -> Result<i64, Error> {
    if i128::from(value) >= low && i128::from(value) <= high {
        Ok(value)
    } else {
        Err(Error::Range { symbol, value })
    }
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

/// `max(0, a)`.
#[inline(always)]
pub fn pos<T: Ord + Default>(a: T) -> T {
    a.max(T::default())
}

/// Floor division of symbolic integers; 0 for a divisor of 0.
#[inline(always)]
pub fn sym_div(a: i64, b: i64) -> i64 {
    super::floor_div(a, b)
}
/// Python's modulo of symbolic integers; 0 for a divisor of 0.
#[inline(always)]
pub fn sym_mod(a: i64, b: i64) -> i64 {
    super::modulo(a, b)
}
/// [`sym_div`] in 128 bits.
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
/// [`sym_mod`] in 128 bits.
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

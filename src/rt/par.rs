//! Parallel loops, run in place when there is too little work to share.
//!
//! The drivers are not generic over the loop's body, so that they are compiled once; the body is a closure over a
//! chunk of iterations, with the hot loop inside.

use super::pool::threads;
use super::races;
use super::share::share;
use crate::Error;
use std::sync::{Mutex, PoisonError};

/// Work worth a task of its own, in nanoseconds: some ten times what handing a task over costs.
const GRAIN: f64 = 25_000.0;

/// Into how many chunks to divide a loop.
#[inline]
fn chunks(count: i64, work: f64) -> i64 {
    if races::ON {
        // As many as there may be, up to a limit, however little there is to do.
        return count.clamp(1, 64);
    }
    // A work of NaN counts as little.
    if count >= 2 && work >= 2.0 * GRAIN {
        many(count, work)
    } else {
        1
    }
}

#[cold]
fn many(count: i64, work: f64) -> i64 {
    let threads = threads() as i64;
    if threads < 2 {
        return 1;
    }
    ((work / GRAIN) as i64)
        .min(threads.saturating_mul(4))
        .min(count)
        .max(1)
}

/// Iteration at which chunk `c` of `chunks` begins.
fn begin_of(c: i64, chunks: i64, count: i64) -> i64 {
    (i128::from(c) * i128::from(count) / i128::from(chunks)) as i64
}

/// Runs `body` over the iterations `0..count` in chunks; `work` estimates all of it in nanoseconds. The error is that of the first chunk that
/// fails.
#[inline]
pub fn for_range(
    count: i64,
    work: f64,
    body: &(dyn Fn(i64, i64) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    match chunks(count, work) {
        1 if count <= 0 => Ok(()),
        1 => body(0, count),
        n => gather(n, count, body, &|(), ()| ()),
    }
}

/// As [`for_range`] for a body that gives a value for its chunk; the values are combined in the order of the iterations.
#[inline]
pub fn reduce<T: Copy + Send + Sync>(
    count: i64,
    work: f64,
    identity: T,
    body: &(dyn Fn(i64, i64) -> Result<T, Error> + Sync),
    combine: &(dyn Fn(T, T) -> T + Sync),
) -> Result<T, Error> {
    match chunks(count, work) {
        1 if count <= 0 => Ok(identity),
        1 => body(0, count),
        n => gather(n, count, body, combine),
    }
}

/// Into how many chunks to divide a loop whose chunks have arrays of their own, of `elements` in all: none of them may cost much beside its chunk.
pub fn shares(count: i64, work: f64, elements: f64) -> i64 {
    // Nanoseconds to clear an element and to combine it.
    const ELEMENT: f64 = 1.0;
    let grain = GRAIN + 10.0 * ELEMENT * elements;
    chunks(count, work * (GRAIN / grain))
}

/// As [`reduce`], in so many chunks, for values that are not copied.
pub fn gather<T: Send>(
    chunks: i64,
    count: i64,
    body: &(dyn Fn(i64, i64) -> Result<T, Error> + Sync),
    combine: &(dyn Fn(T, T) -> T + Sync),
) -> Result<T, Error> {
    if chunks <= 1 {
        return body(0, count);
    }
    let mut results: Vec<Mutex<Option<Result<T, Error>>>> = Vec::new();
    if results.try_reserve_exact(chunks as usize).is_err() {
        return body(0, count);
    }
    results.extend((0..chunks).map(|_| Mutex::new(None)));
    share(chunks as usize, threads(), &|c| {
        let c = c as i64;
        let result = body(begin_of(c, chunks, count), begin_of(c + 1, chunks, count));
        *results[c as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(result);
    });
    let mut all = results
        .into_iter()
        .filter_map(|r| r.into_inner().unwrap_or_else(PoisonError::into_inner));
    // There is at least one chunk.
    let mut total = all.next().unwrap_or_else(|| body(0, 0))?;
    for result in all {
        total = combine(total, result?);
    }
    Ok(total)
}

//! Parallel loops on rayon, run in place when there is too little work to share.
//!
//! The drivers are not generic over the loop's body, so that they are compiled once; the body is a closure over a
//! chunk of iterations, with the hot loop inside.

use crate::Error;

/// Work worth a task of its own, in nanoseconds: some ten times what handing a task over costs.
const GRAIN: f64 = 25_000.0;

/// Into how many chunks to divide a loop.
#[inline]
fn chunks(count: i64, work: f64) -> i64 {
    // A work of NaN counts as little.
    if count >= 2 && work >= 2.0 * GRAIN {
        many(count, work)
    } else {
        1
    }
}

#[cold]
fn many(count: i64, work: f64) -> i64 {
    let threads = rayon::current_num_threads() as i64;
    if threads < 2 {
        return 1;
    }
    ((work / GRAIN) as i64)
        .min(threads.saturating_mul(4))
        .min(count)
        .max(1)
}

/// Arguments of fewer elements are not worth handing a call over to the pool.
const SMALL: usize = 1 << 15;

/// Runs a function that contains parallel loops on a thread of the pool, where starting each of them costs little; in place if its arguments are small.
#[inline]
pub fn inside<T: Send>(elements: usize, body: impl FnOnce() -> T + Send) -> T {
    if elements < SMALL
        || rayon::current_thread_index().is_some()
        || rayon::current_num_threads() < 2
    {
        body()
    } else {
        rayon::scope(|_| body())
    }
}

/// Iteration at which chunk `c` of `chunks` begins.
fn begin_of(c: i64, chunks: i64, count: i64) -> i64 {
    (i128::from(c) * i128::from(count) / i128::from(chunks)) as i64
}

/// Runs `body` over the iterations `0..count` in chunks; `work` estimates all of it in nanoseconds.
#[inline]
pub fn for_range(
    count: i64,
    work: f64,
    body: &(dyn Fn(i64, i64) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    match chunks(count, work) {
        1 if count <= 0 => Ok(()),
        1 => body(0, count),
        n => split(0, n, n, count, body),
    }
}

fn split(
    from: i64,
    to: i64,
    chunks: i64,
    count: i64,
    body: &(dyn Fn(i64, i64) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    if to - from <= 1 {
        return body(begin_of(from, chunks, count), begin_of(to, chunks, count));
    }
    let middle = from + (to - from) / 2;
    let (a, b) = rayon::join(
        || split(from, middle, chunks, count, body),
        || split(middle, to, chunks, count, body),
    );
    a.and(b)
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
        n => split_reduce(0, n, n, count, body, combine),
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
    split_reduce(0, chunks, chunks, count, body, combine)
}

fn split_reduce<T: Send>(
    from: i64,
    to: i64,
    chunks: i64,
    count: i64,
    body: &(dyn Fn(i64, i64) -> Result<T, Error> + Sync),
    combine: &(dyn Fn(T, T) -> T + Sync),
) -> Result<T, Error> {
    if to - from <= 1 {
        return body(begin_of(from, chunks, count), begin_of(to, chunks, count));
    }
    let middle = from + (to - from) / 2;
    let (a, b) = rayon::join(
        || split_reduce(from, middle, chunks, count, body, combine),
        || split_reduce(middle, to, chunks, count, body, combine),
    );
    Ok(combine(a?, b?))
}

//! What this machine can do at the most: bandwidth of memory, and rate of multiply-add operations.

mod bandwidth;
mod peak;

use std::io;
use std::sync::{Barrier, Mutex, PoisonError, RwLock};
use std::thread::Builder;
use std::time::Instant;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes read and written in a second by `a = b` over arrays that no cache holds.
    Copy,
    /// The same by `a = b + s * c`.
    Triad,
    /// Operations in a second of multiply-adds in registers; each counts two.
    Float64,
    Float32,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Copy, Self::Triad, Self::Float64, Self::Float32];

    /// In the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Triad => "triad",
            Self::Float64 => "float64",
            Self::Float32 => "float32",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Copy => "copy bandwidth",
            Self::Triad => "triad bandwidth",
            Self::Float64 => "float64 multiply-add",
            Self::Float32 => "float32 multiply-add",
        }
    }

    /// A rate of this kind for people.
    pub fn show(self, rate: f64) -> String {
        let unit = match self {
            Self::Copy | Self::Triad => "GB/s",
            Self::Float64 | Self::Float32 => "GFLOP/s",
        };
        format!("{:.1} {unit}", rate / 1e9)
    }
}

/// The largest rate seen, in bytes or operations in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    pub kind: Kind,
    pub threads: usize,
    pub value: f64,
}

/// Measures a ceiling with so many threads, if there can be so many.
pub fn measure(kind: Kind, threads: usize) -> Result<Ceiling, String> {
    let value = match kind {
        Kind::Copy => bandwidth::copy(threads),
        Kind::Triad => bandwidth::triad(threads),
        Kind::Float64 => peak::float64(threads),
        Kind::Float32 => peak::float32(threads),
    };
    Ok(Ceiling {
        kind,
        threads,
        value: value.map_err(|e| format!("cannot start {threads} threads: {e}"))?,
    })
}

/// Seconds of the shortest of some rounds in which all threads work at once, each on what it prepared itself. A round lasts
/// from when its first thread begins to when its last ends.
fn shortest_round<S>(
    threads: usize,
    rounds: usize,
    prepare: impl Fn() -> S + Sync,
    work: impl Fn(&mut S) + Sync,
) -> io::Result<f64> {
    let barrier = Barrier::new(threads);
    let times = Mutex::new(vec![0.0_f64; rounds]);
    // Where not all of them start, none waits for the others.
    let complete = RwLock::new(false);
    std::thread::scope(|scope| {
        let mut starting = complete.write().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..threads {
            let thread = || {
                if !*complete.read().unwrap_or_else(PoisonError::into_inner) {
                    return;
                }
                let mut state = prepare();
                work(&mut state);
                for round in 0..rounds {
                    barrier.wait();
                    let begin = Instant::now();
                    work(&mut state);
                    barrier.wait();
                    let elapsed = begin.elapsed().as_secs_f64();
                    let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
                    times[round] = times[round].max(elapsed);
                }
            };
            Builder::new().spawn_scoped(scope, thread)?;
        }
        *starting = true;
        io::Result::Ok(())
    })?;
    let times = times.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(times.into_iter().fold(f64::INFINITY, f64::min))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_lasts_as_long_as_its_slowest_thread() {
        let places = Mutex::new(0);
        let shortest = shortest_round(
            2,
            3,
            || {
                let mut place = places.lock().expect("no thread panics");
                *place += 1;
                *place
            },
            |place| std::thread::sleep(std::time::Duration::from_millis(10 * *place)),
        )
        .expect("two threads");
        assert!(shortest >= 0.02, "{shortest}");
    }

    #[test]
    fn rates_are_positive() {
        for kind in [Kind::Float64, Kind::Float32] {
            let ceiling = measure(kind, 1).expect("a thread");
            assert!(
                ceiling.value.is_finite() && ceiling.value > 1e6,
                "{ceiling:?}"
            );
        }
    }
}

//! One function, compiled for several levels of the processor, chosen at run time.

use std::sync::atomic::{AtomicU8, Ordering};

/// What the processor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    Baseline = 1,
    /// AVX2 and FMA.
    Avx2 = 2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512 = 3,
}

static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The level of this processor, or a lower one asked for by `DACE_LEVEL` (`baseline`, `avx2`, `avx512`) in the environment.
#[inline]
pub fn level() -> Level {
    match LEVEL.load(Ordering::Relaxed) {
        1 => Level::Baseline,
        2 => Level::Avx2,
        3 => Level::Avx512,
        _ => detect(),
    }
}

#[cold]
fn detect() -> Level {
    let asked = match std::env::var("DACE_LEVEL").as_deref() {
        Ok("baseline") => Level::Baseline,
        Ok("avx2") => Level::Avx2,
        _ => Level::Avx512,
    };
    let level = asked.min(best());
    LEVEL.store(level as u8, Ordering::Relaxed);
    level
}

#[cfg(target_arch = "x86_64")]
fn best() -> Level {
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        return Level::Baseline;
    }
    if is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
    {
        return Level::Avx512;
    }
    Level::Avx2
}

#[cfg(not(target_arch = "x86_64"))]
fn best() -> Level {
    Level::Baseline
}

/// Defines a function that runs the variant of its body for this processor. In each variant `FMA` says whether a fused
/// multiply-add is one instruction. Without optimisation there is the baseline only: nothing is gained from the others.
#[doc(hidden)]
#[macro_export]
macro_rules! __levels {
    (fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty $body:block) => {
        #[inline]
        fn $name($($arg: $type),*) -> $result {
            #[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
            {
                #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2($($arg: $type),*) -> $result {
                    const FMA: bool = true;
                    $body
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
                fn avx512($($arg: $type),*) -> $result {
                    const FMA: bool = true;
                    $body
                }
                match $crate::rt::level() {
                    // SAFETY: the processor has these features.
                    $crate::rt::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: the processor has these features.
                    $crate::rt::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::rt::Level::Baseline => {}
                }
            }
            const FMA: bool = ::core::cfg!(any(target_arch = "aarch64", target_feature = "fma"));
            $body
        }
    };
}

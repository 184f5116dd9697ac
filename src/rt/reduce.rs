//! Reductions in registers.

/// Folds `step` over `begin..end` in `L` accumulators side by side, so that it runs in vector registers; `combine` joins two of them.
#[inline(always)]
pub fn lanes<const L: usize, T: Copy>(
    begin: i64,
    end: i64,
    identity: T,
    step: impl Fn(i64, T) -> T,
    combine: impl Fn(T, T) -> T,
) -> T {
    let mut k = begin;
    let mut total = identity;
    if end.wrapping_sub(begin) >= L as i64 && end > begin {
        let mut all = [identity; L];
        while end - k >= L as i64 {
            for (lane, value) in all.iter_mut().enumerate() {
                *value = step(k + lane as i64, *value);
            }
            k += L as i64;
        }
        let mut width = L / 2;
        while width > 0 {
            for lane in 0..width {
                all[lane] = combine(all[lane], all[lane + width]);
            }
            width /= 2;
        }
        total = all[0];
    }
    while k < end {
        total = step(k, total);
        k += 1;
    }
    total
}

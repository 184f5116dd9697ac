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

/// [`lanes`] for two accumulators.
#[inline(always)]
pub fn lanes2<const L: usize, A: Copy, B: Copy>(
    begin: i64,
    end: i64,
    identity: (A, B),
    step: impl Fn(i64, A, B) -> (A, B),
    combine: impl Fn((A, B), (A, B)) -> (A, B),
) -> (A, B) {
    let mut k = begin;
    let mut total = identity;
    if end.wrapping_sub(begin) >= L as i64 && end > begin {
        let (mut a, mut b) = ([identity.0; L], [identity.1; L]);
        while end - k >= L as i64 {
            for lane in 0..L {
                (a[lane], b[lane]) = step(k + lane as i64, a[lane], b[lane]);
            }
            k += L as i64;
        }
        for lane in 0..L {
            total = combine(total, (a[lane], b[lane]));
        }
    }
    while k < end {
        total = step(k, total.0, total.1);
        k += 1;
    }
    total
}

/// [`lanes`] for three accumulators.
#[inline(always)]
pub fn lanes3<const L: usize, A: Copy, B: Copy, C: Copy>(
    begin: i64,
    end: i64,
    identity: (A, B, C),
    step: impl Fn(i64, A, B, C) -> (A, B, C),
    combine: impl Fn((A, B, C), (A, B, C)) -> (A, B, C),
) -> (A, B, C) {
    let mut k = begin;
    let mut total = identity;
    if end.wrapping_sub(begin) >= L as i64 && end > begin {
        let (mut a, mut b, mut c) = ([identity.0; L], [identity.1; L], [identity.2; L]);
        while end - k >= L as i64 {
            for lane in 0..L {
                (a[lane], b[lane], c[lane]) =
                    step(k + lane as i64, a[lane], b[lane], c[lane]);
            }
            k += L as i64;
        }
        for lane in 0..L {
            total = combine(total, (a[lane], b[lane], c[lane]));
        }
    }
    while k < end {
        total = step(k, total.0, total.1, total.2);
        k += 1;
    }
    total
}

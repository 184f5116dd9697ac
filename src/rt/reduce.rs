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
        // Through memory: it makes the compiler pack all lanes into the widest registers, not as many as the sum below would suggest.
        let mut all = std::hint::black_box(all);
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

/// Iterations whose values [`lanes1`] and its like compute before they combine them.
const BLOCK: usize = 64;

macro_rules! blocks {
    ($($(#[$doc:meta])* $name:ident<$($t:ident: $at:tt),*>;)*) => { $(
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<const L: usize, $($t: Copy),*>(
            begin: i64,
            end: i64,
            identity: ($($t,)*),
            value: impl Fn(i64) -> ($($t,)*),
            combine: impl Fn(($($t,)*), ($($t,)*)) -> ($($t,)*),
        ) -> ($($t,)*) {
            let mut k = begin;
            let mut total = identity;
            if end.wrapping_sub(begin) >= BLOCK as i64 && end > begin {
                let mut values = ($([identity.$at; BLOCK],)*);
                let mut all = ($([identity.$at; L],)*);
                while end - k >= BLOCK as i64 {
                    for i in 0..BLOCK {
                        ($(values.$at[i],)*) = value(k + i as i64);
                    }
                    let mut from = 0;
                    while from + L <= BLOCK {
                        for lane in 0..L {
                            ($(all.$at[lane],)*) =
                                combine(($(all.$at[lane],)*), ($(values.$at[from + lane],)*));
                        }
                        from += L;
                    }
                    k += BLOCK as i64;
                }
                for lane in 0..L {
                    total = combine(total, ($(all.$at[lane],)*));
                }
            }
            while k < end {
                total = combine(total, value(k));
                k += 1;
            }
            total
        }
    )* };
}
blocks! {
    /// Combines `value` over `begin..end`. The values of a block of iterations are computed first, in a loop that vectorises
    /// whatever it holds, and then combined in `L` accumulators side by side.
    lanes1<A: 0>;
    /// [`lanes1`] for two accumulators.
    lanes2<A: 0, B: 1>;
    /// [`lanes1`] for three accumulators.
    lanes3<A: 0, B: 1, C: 2>;
    /// [`lanes1`] for four accumulators.
    lanes4<A: 0, B: 1, C: 2, D: 3>;
}

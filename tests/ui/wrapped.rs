//! Mistakes in a text that another macro passes on.

use dace::dace;

macro_rules! wrapper {
    ($($text:tt)*) => { dace! { $($text)* } };
}

wrapper! {
    def wrapped(A: float64[N]):
        A[:] = A // 2 + B
}

fn main() {}

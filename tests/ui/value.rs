//! D018: a value out of its bounds.

use dace::dace;

dace! {
    def value(A: int8[N]):
        A[:] = A + 1000
}

fn main() {}

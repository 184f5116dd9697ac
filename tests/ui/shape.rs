//! D007: shapes that do not fit.

use dace::dace;

dace! {
    def shapes(A: float64[N, 3], B: float64[4]):
        A[:] = A + B
}

fn main() {}

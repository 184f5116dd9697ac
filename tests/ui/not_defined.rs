//! D010: a variable without a value on some path.

use dace::dace;

dace! {
    def not_defined(A: float64[N], n: int64):
        if n > 3:
            x = A[0]
        A[1] = x
}

fn main() {}

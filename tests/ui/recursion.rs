//! D013: a function that calls itself.

use dace::dace;

dace! {
    def recursion(A: float64[N]):
        A[0] = 1
        recursion(A)
}

fn main() {}

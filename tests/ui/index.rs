//! D008: an index that no element has.

use dace::dace;

dace! {
    def index(A: float64[3]):
        A[3] = 1
        A[0] = A[0, 1]
}

fn main() {}

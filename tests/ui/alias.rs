//! D012: a selection whose array changes before it is used.

use dace::dace;

dace! {
    def alias(A: float64[N]):
        B = A[A > 0]
        A[:] = 1
        return np.sum(B)
}

fn main() {}

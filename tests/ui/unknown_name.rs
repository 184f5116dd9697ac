//! D003: a name that nothing defines.

use dace::dace;

dace! {
    def unknown_name(A: float64[N]):
        A[:] = A + B
        A[0] = C[0]
}

fn main() {}

//! D005: a call with arguments that the function does not take.

use dace::dace;

dace! {
    def bad_call(A: float64[N]):
        A[:] = np.sqrt(A, no_such_argument=1)
        A[0] = np.arange()
}

fn main() {}

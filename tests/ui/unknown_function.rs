//! D004: a function that neither Python, NumPy nor the program defines.

use dace::dace;

dace! {
    def unknown_function(A: float64[N]):
        A[:] = np.no_such_function(A)
}

fn main() {}

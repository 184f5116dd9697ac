//! D009: an annotation that is no type.

use dace::dace;

dace! {
    def annotation(A: float63[N], B: float64[1.5]):
        A[:] = B
}

fn main() {}

//! D016: a transformation that does not exist.

use dace::dace;

dace! {
    #[transform(no_such_transformation(map = "i"))]
    def transform(A: float64[N]):
        A[:] = 1
}

fn main() {}

//! D006: an operation that the types of its operands do not have.

use dace::dace;

dace! {
    def wrong_type(A: float64[N], B: float64[N]):
        A[:] = A & B
}

fn main() {}

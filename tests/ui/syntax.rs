//! D001: what is not Python.

use dace::dace;

dace! {
    def unfinished(A: float64[N]):
        A[:] = 1 +
}

dace! {
    def two_mistakes(A: float64[N]):
        A[0] = = 1
        break
}

dace! {
    // a comment of Rust's
    def commented(A: float64[N], A: int64):
        pass
}

fn main() {
    let mut a = [0.0];
    unfinished(&mut a).unwrap();
    two_mistakes(&mut a, 3).unwrap();
    commented(&mut a, 1).unwrap();
}

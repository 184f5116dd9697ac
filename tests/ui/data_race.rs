//! D011: iterations of a map that write to one place.

use dace::dace;

dace! {
    def data_race(A: float64[N], B: float64[N]):
        for i in dace.map[0:N]:
            A[0] = B[i]
}

fn main() {}

//! D002: Python that has no meaning here, each construct by its name.

use dace::dace;

dace! {
    def unsupported(A: float64[N]):
        try:
            A[:] = [x for x in A]
        finally:
            pass
        A[0] = A[1] if (b := True) else {}
        return sum(x for x in A)
}

fn main() {}

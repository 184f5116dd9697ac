//! D014: statements that belong into functions.

use dace::dace;

dace! {
    for i in range(3):
        pass

    def module(A: float64[N]):
        A[:] = 1

    if __name__ == "__main__":
        module()
}

fn main() {}

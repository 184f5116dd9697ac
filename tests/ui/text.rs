//! D017: a text that cannot be had.

use dace::dace;

dace!(file = "tests/ui/no_such_file.py");

dace!(5);

macro_rules! repeated {
    ($($line:tt)*) => {
        dace! {
            def repeated(A: float64[N]):
                $($line)*
        }
    };
}

repeated!(A[:] = 1);

fn main() {}

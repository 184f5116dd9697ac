//! D017: a text that cannot be had.

use dace::dace;

dace!(file = "tests/ui/no_such_file.py");

dace!(5);

macro_rules! lines {
    ($($line:tt)*) => {
        dace! {
            def lines(A: float64[N]):
                $($line)*
                A[0] = 1
        }
    };
}

lines!(A[:] = 1);

macro_rules! value {
    ($($value:tt)*) => {
        dace! {
            def value(A: int64[N]):
                A[:] = $($value)*
        }
    };
}

value! {
    A // 2
}

fn main() {}

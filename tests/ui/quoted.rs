//! Mistakes in strings, in which rustc underlines nothing: they are quoted.

use dace::dace;

dace!("def escaped(A: float64[N]):\n    A[:] = \"\u{e9}\" + B\n");

dace!(
    r#"
        def raw(A: float64[N]):
            A[:] = A +
    "#
);

fn main() {}

//! The forms of `dace!`, and where its text may stand.

use dace::dace;
use ndarray::{Array1, Array2, array};

dace! {
    # Comments, and what Rust takes for a comment of its own: //
    def halves(A: int64[N]):
        A[:] = A // 2   # rounds down
        half = N // 2
        for i in range(half):
            A[i] = -A[i]

    #[auto_optimize(off)]
    #[strict_fp]
    def second(A: float64[N], b: float64):
        A[:] = A + b
}

dace! { def on_the_line_of_the_brace(A: float64[N]):
            A[0] = 1.0
        def after_it(A: float64[N]):
            A[1] = 2.0
}

dace!("def in_a_string(A: float64[N]):\n    A[:] = A * 2  # it isn't Rust\n");

dace!(
    r#"
        def in_a_raw_string(A: float64[N]):
            """Doubles '''A'''."""
            A[:] = A * 2

        def second_in_it(A: float64[N]):
            in_a_raw_string(A)
            in_a_raw_string(A)
    "#
);

dace!(file = "tests/forms/scale.py");

macro_rules! wrapper {
    ($($text:tt)*) => { dace! { $($text)* } };
}

wrapper! {
    def wrapped(A: int64[N]):
        if N > 0:
            A[:] = A // 2
        A[:] = A + 1 // 2
}

macro_rules! template {
    ($name:ident, $size:literal, $value:expr) => {
        dace! {
            def $name(A: int64[$size]):
                A[:] = $value * A // 2 // 1
                A[0] = 7
        }
    };
}

template!(from_template, 3, 2 + 4);

macro_rules! whole {
    () => {
        dace! {
            def from_whole(A: int64[N]):
                A[:] = A // 2 + 1
        }
    };
}

whole!();

type Tested = Result<(), dace::Error>;

#[test]
fn block_with_several_functions() -> Tested {
    let mut a = array![-3, 5, 7, 9];
    halves(&mut a)?;
    assert_eq!(a, array![2, -2, 3, 4]);
    let mut b = array![1.0, 2.0];
    second(&mut b, 0.5)?;
    assert_eq!(b, array![1.5, 2.5]);
    Ok(())
}

#[test]
fn first_function_on_the_line_of_the_brace() -> Tested {
    let mut a = Array1::zeros(2);
    on_the_line_of_the_brace(&mut a)?;
    after_it(&mut a)?;
    assert_eq!(a, array![1.0, 2.0]);
    Ok(())
}

#[test]
fn strings() -> Tested {
    let mut a = array![1.0, 2.0];
    in_a_string(&mut a)?;
    in_a_raw_string(&mut a)?;
    second_in_it(&mut a)?;
    assert_eq!(a, array![16.0, 32.0]);
    Ok(())
}

#[test]
fn files() -> Tested {
    let mut a = Array2::from_elem((2, 3), 1.5);
    scale_in_file(&mut a)?;
    assert_eq!(total_in_file(&a)?, 18.0);
    Ok(())
}

#[test]
fn inside_of_other_macros() -> Tested {
    let mut a = array![5, 8];
    wrapped(&mut a)?;
    assert_eq!(a, array![2, 4]);
    let mut a = array![1, 2, 3];
    from_template(&mut a)?;
    assert_eq!(a, array![7, 6, 9]);
    from_whole(&mut a)?;
    assert_eq!(a, array![4, 4, 5]);
    Ok(())
}

#[test]
fn inside_of_functions() -> Tested {
    dace! {
        def local(A: float64[N]):
            A[:] = 3
    }
    let mut a = Array1::zeros(2);
    local(&mut a)?;
    assert_eq!(a, array![3.0, 3.0]);
    Ok(())
}

#[test]
fn the_text_is_kept() {
    assert!(
        halves::SOURCE.starts_with("def halves(")
            && halves::SOURCE.contains("A // 2   # rounds down")
    );
    assert!(scale_in_file::SOURCE.contains("@dc.program"));
}

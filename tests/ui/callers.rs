//! Callers of a program with mistakes are not told of mistakes of their own.

use dace::dace;

dace! {
    def mistaken(A: float64[N], b: int64):
        A[:] = b +

    def right(A: float64[N]):
        return np.sum(A)
}

fn main() -> Result<(), dace::Error> {
    let mut a = ndarray::Array1::zeros(3);
    mistaken(&mut a, 2)?;
    println!("{} {}", mistaken::SOURCE, right(&a)? + 1.0);
    takes(right(&a).unwrap());
    Ok(())
}

fn takes(_: f64) {}

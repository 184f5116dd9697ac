//! Clipping and scaling of integers. From "Cython for NumPy users",
//! `cython.readthedocs.io/en/latest/src/userguide/numpy_tutorial.html`.

use dace::dace;

dace! {
    def compute(array_1: int64[M, N], array_2: int64[M, N], a: int64, b: int64, c: int64):
        return np.clip(array_1, 2, 10) * a + array_2 * b + c
}

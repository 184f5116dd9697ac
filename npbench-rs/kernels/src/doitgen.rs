//! Multiresolution analysis kernel: a tensor times a matrix. PolyBench/C 4.2, `linear-algebra/kernels/doitgen`.

use dace::dace;

dace! {
    def doitgen(NR: int64, NQ: int64, NP: int64, A: float64[NR, NQ, NP], C4: float64[NP, NP]):
        A[:] = np.reshape(np.reshape(A, (NR, NQ, 1, NP)) @ C4, (NR, NQ, NP))
}

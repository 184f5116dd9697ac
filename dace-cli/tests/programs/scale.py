import dace as dc
import numpy as np

N = dc.symbol('N', dtype=dc.int64)
M = dc.symbol('M', dtype=dc.int64)


@dc.program
def scale(factor: dc.float64, A: dc.float64[N]):
    A[:] = factor * A


@dc.program
def grid(n: dc.int64, B: dc.float32[M]):
    C = np.zeros((N, M), dtype=np.float32)
    for i in range(n):
        C[0] += B
    return C, n + 1

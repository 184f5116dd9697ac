"""A module as Python DaCe takes it."""
import dace as dc
import numpy as np

N, M = (dc.symbol(s, dtype=dc.int64) for s in ('N', 'M'))
FACTOR = 2.0


@dc.program
def scale_in_file(A: dc.float64[N, M]):
    # don't mind the apostrophe
    A[:] = FACTOR * A


@dc.program
def total_in_file(A: dc.float64[N, M]):
    return np.sum(A)

# Numba multiplies matrices of two dimensions.
def doitgen(NR, NQ, NP, A, C4):
    for r in prange(NR):
        A[r] = A[r] @ C4

# DaCe has no products of more than three dimensions: one of two.
def doitgen(NR: int64, NQ: int64, NP: int64, A: float64[NR, NQ, NP], C4: float64[NP, NP]):
    product = np.reshape(A, (NR * NQ, NP)) @ C4
    A[:] = np.reshape(product, (NR, NQ, NP))

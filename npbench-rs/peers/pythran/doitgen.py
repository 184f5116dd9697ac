# Pythran has no products of more than two dimensions.
def doitgen(NR, NQ, NP, A, C4):
    #omp parallel for
    for r in range(NR):
        A[r] = A[r] @ C4

# Numba has no `np.mgrid` and no `out` of changing size: each point by itself, until it leaves.
def mandelbrot2(xmin, xmax, ymin, ymax, xn, yn, itermax, horizon):
    X = np.linspace(xmin, xmax, xn)
    Y = np.linspace(ymin, ymax, yn)
    N = np.zeros((yn, xn), dtype=np.int64)
    Z = np.zeros((yn, xn), dtype=np.complex128)
    for i in prange(yn):
        for j in range(xn):
            c = X[j] + Y[i] * 1j
            z = 0j
            for n in range(itermax):
                z = z * z + c
                if abs(z) > horizon:
                    N[i, j] = n + 1
                    Z[i, j] = z
                    break
    return Z, N

# Numba's linspace takes no type, and masks of two dimensions are loops.
def mandelbrot1(xmin, xmax, ymin, ymax, xn, yn, maxiter, horizon):
    X = np.linspace(xmin, xmax, xn)
    Y = np.linspace(ymin, ymax, yn)
    N = np.zeros((yn, xn), dtype=np.int64)
    Z = np.zeros((yn, xn), dtype=np.complex128)
    for i in prange(yn):
        for j in range(xn):
            c = X[j] + Y[i] * 1j
            for n in range(maxiter):
                if abs(Z[i, j]) < horizon:
                    N[i, j] = n
                    Z[i, j] = Z[i, j]**2 + c
            if N[i, j] == maxiter - 1:
                N[i, j] = 0
    return Z, N

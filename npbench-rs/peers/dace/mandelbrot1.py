# Points by maps; masks become conditions. `I`, `N` and `yn` are names of SymPy.
def mandelbrot1(xmin: float64, xmax: float64, ymin: float64, ymax: float64,
                nx: int64, ny: int64, maxiter: int64, horizon: float64 = 2.0):
    C = np.empty((ny, nx), dtype=np.complex128)
    dx = (xmax - xmin) / (nx - 1)
    dy = (ymax - ymin) / (ny - 1)
    for i, j in dace.map[0:ny, 0:nx]:
        C[i, j] = (xmin + j * dx) + (ymin + i * dy) * 1j
    counts = np.zeros(C.shape, dtype=np.int64)
    Z = np.zeros(C.shape, dtype=np.complex128)
    for n in range(maxiter):
        inside = np.less(np.absolute(Z), horizon)
        for i, j in dace.map[0:ny, 0:nx]:
            if inside[i, j]:
                counts[i, j] = n
                Z[i, j] = Z[i, j] * Z[i, j] + C[i, j]
    for i, j in dace.map[0:ny, 0:nx]:
        if counts[i, j] == maxiter - 1:
            counts[i, j] = 0
    return Z, counts

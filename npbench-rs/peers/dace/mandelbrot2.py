# Points by maps; those that have left are skipped.
def mandelbrot2(xmin: float64, xmax: float64, ymin: float64, ymax: float64,
                nx: int64, ny: int64, itermax: int64, horizon: float64 = 2.0):
    C = np.empty((ny, nx), dtype=np.complex128)
    dx = (xmax - xmin) / (nx - 1)
    dy = (ymax - ymin) / (ny - 1)
    for i, j in dace.map[0:ny, 0:nx]:
        C[i, j] = (xmin + j * dx) + (ymin + i * dy) * 1j
    counts = np.zeros((ny, nx), dtype=np.int64)
    Z = np.zeros((ny, nx), dtype=np.complex128)
    for n in range(itermax):
        for i, j in dace.map[0:ny, 0:nx]:
            if counts[i, j] == 0:
                Z[i, j] = Z[i, j] * Z[i, j] + C[i, j]
                if np.absolute(Z[i, j]) > horizon:
                    counts[i, j] = n + 1
    for i, j in dace.map[0:ny, 0:nx]:
        if counts[i, j] == 0:
            Z[i, j] = 0
    return Z, counts

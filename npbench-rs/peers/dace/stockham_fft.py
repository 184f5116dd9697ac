# DaCe has no `np.mgrid` and no shape that changes: flat arrays, and maps over the places that the reshaped ones have.
def stockham_fft(N: int64, R: int64, K: int64, x: complex128[N], y: complex128[N]):
    dft_mat = np.empty((R, R), dtype=np.complex128)
    for i, j in dace.map[0:R, 0:R]:
        angle = -2.0 * np.pi * i * j / R
        dft_mat[i, j] = np.cos(angle) + np.sin(angle) * 1j
    twiddled = np.empty((R, N // R), dtype=np.complex128)
    y[:] = x
    left = 1
    right = N // R
    for step in range(K):
        for r, a in dace.map[0:R, 0:left]:
            turn = -2.0 * np.pi * r * a / (left * R)
            factor = np.cos(turn) + np.sin(turn) * 1j
            for b in dace.map[0:right]:
                twiddled[r, a * right + b] = y[(a * R + r) * right + b] * factor
        product = dft_mat @ twiddled
        y[:] = np.reshape(product, (N,))
        left = left * R
        right = right // R

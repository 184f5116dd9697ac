# Numba has no `np.mgrid` and transposes no more than it copies: loops over the places of the reshaped arrays.
def stockham_fft(N, R, K, x, y):
    butterfly = np.empty((R, R), np.complex128)
    for i in range(R):
        for j in range(R):
            butterfly[i, j] = np.exp(-2.0j * np.pi * i * j / R)
    y[:] = x
    twiddled = np.empty((R, N // R), np.complex128)
    for step in range(K):
        left, right = R**step, R**(K - step - 1)
        for a in prange(left):
            for r in range(R):
                factor = np.exp(-2.0j * np.pi * r * a / (left * R))
                for b in range(right):
                    twiddled[r, a * right + b] = y[(a * R + r) * right + b] * factor
        for i in range(R):
            for c in prange(N // R):
                total = 0j
                for j in range(R):
                    total += butterfly[i, j] * twiddled[j, c]
                y[i * (N // R) + c] = total

# Matrices of separations by maps; masks become conditions.
def nbody(mass: float64[N, 1], pos: float64[N, 3], vel: float64[N, 3], N: int64, Nt: int64,
          dt: float64, G: float64, softening: float64):
    momentum = np.sum(mass * vel, axis=0)
    total = np.sum(mass)
    for i, c in dace.map[0:N, 0:3]:
        vel[i, c] -= momentum[c] / total
    acc = np.zeros((N, 3), dtype=np.float64)
    KE = np.empty((Nt + 1,), dtype=np.float64)
    PE = np.empty((Nt + 1,), dtype=np.float64)
    for t in range(Nt + 1):
        if t > 0:
            vel += acc * dt / 2.0
            pos += vel * dt
        dx = np.empty((N, N), dtype=np.float64)
        dy = np.empty((N, N), dtype=np.float64)
        dz = np.empty((N, N), dtype=np.float64)
        for i, j in dace.map[0:N, 0:N]:
            dx[i, j] = pos[j, 0] - pos[i, 0]
            dy[i, j] = pos[j, 1] - pos[i, 1]
            dz[i, j] = pos[j, 2] - pos[i, 2]
        squares = dx * dx + dy * dy + dz * dz
        weights = np.zeros((N, N), dtype=np.float64)
        inverse = np.zeros((N, N), dtype=np.float64)
        for i, j in dace.map[0:N, 0:N]:
            soft = squares[i, j] + softening * softening
            if soft > 0:
                weights[i, j] = 1.0 / (soft * np.sqrt(soft))
        for i, j in dace.map[0:N, 0:N]:
            if i < j and squares[i, j] > 0:
                inverse[i, j] = mass[i, 0] * mass[j, 0] / np.sqrt(squares[i, j])
        ax = G * ((dx * weights) @ mass)
        ay = G * ((dy * weights) @ mass)
        az = G * ((dz * weights) @ mass)
        for i in dace.map[0:N]:
            acc[i, 0] = ax[i, 0]
            acc[i, 1] = ay[i, 0]
            acc[i, 2] = az[i, 0]
        if t > 0:
            vel += acc * dt / 2.0
        KE[t] = 0.5 * np.sum(mass * vel * vel)
        PE[t] = -G * np.sum(inverse)
    return KE, PE

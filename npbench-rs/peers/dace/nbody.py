# Pairs of stars by maps, without matrices of separations.
def nbody(mass: float64[N, 1], pos: float64[N, 3], vel: float64[N, 3], N: int64, Nt: int64,
          dt: float64, G: float64, softening: float64):
    total = np.sum(mass)
    drift = np.zeros((3,), dtype=np.float64)
    for i in range(N):
        for c in range(3):
            drift[c] += mass[i, 0] * vel[i, c]
    for i, c in dace.map[0:N, 0:3]:
        vel[i, c] -= drift[c] / total
    acc = np.zeros((N, 3), dtype=np.float64)
    KE = np.zeros((Nt + 1,), dtype=np.float64)
    PE = np.zeros((Nt + 1,), dtype=np.float64)
    for t in range(Nt + 1):
        if t > 0:
            vel += acc * dt / 2.0
            pos += vel * dt
        for i in dace.map[0:N]:
            ax = 0.0
            ay = 0.0
            az = 0.0
            for j in range(N):
                dx = pos[j, 0] - pos[i, 0]
                dy = pos[j, 1] - pos[i, 1]
                dz = pos[j, 2] - pos[i, 2]
                r2 = dx * dx + dy * dy + dz * dz + softening * softening
                if r2 > 0:
                    weight = mass[j, 0] / (r2 * np.sqrt(r2))
                    ax += dx * weight
                    ay += dy * weight
                    az += dz * weight
            acc[i, 0] = G * ax
            acc[i, 1] = G * ay
            acc[i, 2] = G * az
        if t > 0:
            vel += acc * dt / 2.0
        kinetic = np.zeros((N,), dtype=np.float64)
        potential = np.zeros((N,), dtype=np.float64)
        for i in dace.map[0:N]:
            inner = 0.0
            for j in range(i + 1, N):
                ex = pos[j, 0] - pos[i, 0]
                ey = pos[j, 1] - pos[i, 1]
                ez = pos[j, 2] - pos[i, 2]
                s2 = ex * ex + ey * ey + ez * ez
                if s2 > 0:
                    inner -= mass[j, 0] / np.sqrt(s2)
            potential[i] = G * mass[i, 0] * inner
            kinetic[i] = 0.5 * mass[i, 0] * (vel[i, 0] * vel[i, 0] + vel[i, 1] * vel[i, 1] + vel[i, 2] * vel[i, 2])
        KE[t] = np.sum(kinetic)
        PE[t] = np.sum(potential)
    return KE, PE

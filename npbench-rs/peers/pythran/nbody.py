# Pairs of stars as loops, without matrices of separations.
def getAcc(pos, mass, G, softening):
    acc = np.zeros_like(pos)
    #omp parallel for
    for i in range(pos.shape[0]):
        ax, ay, az = 0.0, 0.0, 0.0
        for j in range(pos.shape[0]):
            dx, dy, dz = pos[j, 0] - pos[i, 0], pos[j, 1] - pos[i, 1], pos[j, 2] - pos[i, 2]
            r2 = dx * dx + dy * dy + dz * dz + softening * softening
            if r2 > 0:
                weight = mass[j, 0] / (r2 * np.sqrt(r2))
                ax += dx * weight
                ay += dy * weight
                az += dz * weight
        acc[i, 0], acc[i, 1], acc[i, 2] = G * ax, G * ay, G * az
    return acc


def getEnergy(pos, vel, mass, G):
    KE = 0.0
    PE = 0.0
    #omp parallel for reduction(+:PE,KE)
    for i in range(pos.shape[0]):
        total = 0.0
        for j in range(i + 1, pos.shape[0]):
            dx, dy, dz = pos[j, 0] - pos[i, 0], pos[j, 1] - pos[i, 1], pos[j, 2] - pos[i, 2]
            r = np.sqrt(dx * dx + dy * dy + dz * dz)
            if r > 0:
                total -= mass[j, 0] / r
        PE += G * mass[i, 0] * total
        KE += 0.5 * mass[i, 0] * (vel[i, 0]**2 + vel[i, 1]**2 + vel[i, 2]**2)
    return KE, PE


def nbody(mass, pos, vel, N, Nt, dt, G, softening):
    drift = np.dot(mass.T, vel) / np.sum(mass)
    for i in range(N):
        vel[i] -= drift[0]
    acc = getAcc(pos, mass, G, softening)
    KE = np.empty(Nt + 1)
    PE = np.empty(Nt + 1)
    KE[0], PE[0] = getEnergy(pos, vel, mass, G)
    for i in range(Nt):
        vel += acc * dt / 2.0
        pos += vel * dt
        acc = getAcc(pos, mass, G, softening)
        vel += acc * dt / 2.0
        KE[i + 1], PE[i + 1] = getEnergy(pos, vel, mass, G)
    return KE, PE

# Loops over places, not over values; one array for both ways to get X.
def contour_integral(NR: int64, NM: int64, slab_per_bc: int64,
                     Ham: complex128[slab_per_bc + 1, NR, NR], int_pts: complex128[num_int_pts],
                     Y: complex128[NR, NM]):
    P0 = np.zeros((NR, NM), dtype=np.complex128)
    P1 = np.zeros((NR, NM), dtype=np.complex128)
    X = np.empty((NR, NM), dtype=np.complex128)
    for p in range(num_int_pts):
        z = int_pts[p]
        Tz = np.zeros((NR, NR), dtype=np.complex128)
        for n in range(slab_per_bc + 1):
            zz = np.power(z, slab_per_bc / 2 - n)
            Tz += zz * Ham[n]
        if NR == NM:
            inverse = np.linalg.inv(Tz)
            for i, j in dace.map[0:NR, 0:NM]:
                X[i, j] = inverse[i, j]
        else:
            X[:] = np.linalg.solve(Tz, Y)
        if np.absolute(z) < 1.0:
            X[:] = -X
        P0 += X
        P1 += z * X
    return P0, P1

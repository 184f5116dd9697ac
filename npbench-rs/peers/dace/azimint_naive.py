# A masked mean as a map.
def azimint_naive(data: float64[N], radius: float64[N], npt: int64):
    rmax = np.amax(radius)
    res = np.zeros((npt,), dtype=np.float64)
    for i in range(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        mask_r12 = np.logical_and((r1 <= radius), (radius < r2))
        on_values = 0
        total = np.float64(0)
        for j in dace.map[0:N]:
            if mask_r12[j]:
                total += data[j]
                on_values += 1
        res[i] = total / on_values
    return res

# Bins by all threads, without arrays of masks.
def azimint_naive(data, radius, npt):
    rmax = radius.max()
    res = np.zeros(npt, dtype=np.float64)
    for i in prange(npt):
        r1 = rmax * i / npt
        r2 = rmax * (i + 1) / npt
        total, count = 0.0, 0
        for k in range(radius.size):
            if r1 <= radius[k] and radius[k] < r2:
                total += data[k]
                count += 1
        res[i] = total / count
    return res

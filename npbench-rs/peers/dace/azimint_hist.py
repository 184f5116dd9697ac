# DaCe has no `np.histogram`: bins by a map, corrected by the edges as NumPy does.
def azimint_hist(data: float64[N], radius: float64[N], npt: int64):
    low = np.amin(radius)
    high = np.amax(radius)
    edges = np.empty((npt + 1,), np.float64)
    for i in dace.map[0:npt]:
        edges[i] = low + i * ((high - low) / npt)
    edges[npt] = high
    counts = np.zeros((npt,), np.float64)
    sums = np.zeros((npt,), np.float64)
    for i in dace.map[0:N]:
        place = dace.int64((radius[i] - low) / (high - low) * npt)
        if place > npt - 1:
            place = npt - 1
        if radius[i] < edges[place]:
            place = place - 1
        if place < npt - 1 and radius[i] >= edges[place + 1]:
            place = place + 1
        counts[place] += 1.0
        sums[place] += data[i]
    return sums / counts

# Pythran has no `np.histogram`: the points in parts, shared by the threads, each with its own counts.
def azimint_hist(data, radius, npt):
    low, high = radius.min(), radius.max()
    edges = np.linspace(low, high, npt + 1)
    parts = 16
    counts, sums = np.zeros((parts, npt)), np.zeros((parts, npt))
    #omp parallel for
    for part in range(parts):
        for i in range(radius.size * part // parts, radius.size * (part + 1) // parts):
            place = min(int((radius[i] - low) / (high - low) * npt), npt - 1)
            if radius[i] < edges[place]:
                place -= 1
            elif place < npt - 1 and radius[i] >= edges[place + 1]:
                place += 1
            counts[part, place] += 1.0
            sums[part, place] += data[i]
    return np.sum(sums, axis=0) / np.sum(counts, axis=0)

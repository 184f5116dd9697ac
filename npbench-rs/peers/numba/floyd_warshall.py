# Numba has no `np.add.outer`.
def floyd_warshall(path):
    for k in range(path.shape[0]):
        for i in prange(path.shape[0]):
            path[i] = np.minimum(path[i], path[i, k] + path[k])

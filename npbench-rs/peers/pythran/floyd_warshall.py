# Pythran has no `np.add.outer`.
def floyd_warshall(path):
    for k in range(path.shape[0]):
        #omp parallel for
        for i in range(path.shape[0]):
            path[i] = np.minimum(path[i], path[i, k] + path[k])

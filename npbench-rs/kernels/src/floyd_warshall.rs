//! All-pairs shortest paths. PolyBench/C 4.2, `medley/floyd-warshall`.

use dace::dace;

dace! {
    def floyd_warshall(path: int32[N, N]):
        for k in range(path.shape[0]):
            path[:] = np.minimum(path[:], np.add.outer(path[:, k], path[k, :]))
}

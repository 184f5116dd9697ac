// floyd-warshall of PolyBench/C 4.2: rows shared by the threads, each row vectorised.
#include <stdint.h>

void floyd_warshall(int64_t N, int32_t *path) {
#pragma omp parallel
    for (int64_t k = 0; k < N; k++) {
        const int32_t *via = path + k * N;
        // Row k does not change in step k: a way from k to itself is never negative.
#pragma omp for schedule(static)
        for (int64_t i = 0; i < N; i++) {
            int32_t *row = path + i * N;
            int32_t first = row[k];
#pragma omp simd
            for (int64_t j = 0; j < N; j++) {
                int32_t sum = first + via[j];
                row[j] = row[j] < sum ? row[j] : sum;
            }
        }
    }
}

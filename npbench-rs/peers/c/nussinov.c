// nussinov of PolyBench/C 4.2, one row after the other from below. A split at k makes candidates for all that is right of k: they
// are taken once (i, k) is final, so that all inner loops run along rows.
// returns int32[N, N]
#include <stdint.h>
#include <string.h>

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

void nussinov(int64_t N, const int32_t *restrict seq, int32_t *restrict table) {
    memset(table, 0, N * N * sizeof(int32_t));
    for (int64_t i = N - 2; i >= 0; i--) {
        int32_t *row = table + i * N;
        const int32_t *below = row + N;
        // Neighbours form no pair.
        row[i + 1] = larger(below[i + 1], below[i]);
#pragma omp simd
        for (int64_t j = i + 2; j < N; j++)
            row[j] = larger(below[j], below[j - 1] + (seq[i] + seq[j] == 3));
        for (int64_t k = i + 1; k < N; k++) {
            int32_t left = row[k] = larger(row[k], row[k - 1]);
            const int32_t *right = table + (k + 1) * N;
#pragma omp simd
            for (int64_t j = k + 1; j < N; j++)
                row[j] = larger(row[j], left + right[j]);
        }
    }
}

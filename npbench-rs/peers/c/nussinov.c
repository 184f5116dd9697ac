// nussinov of PolyBench/C 4.2. A transposed copy of the table makes both operands of the inner maximum contiguous.
// returns int32[N, N]
#include <stdint.h>
#include <stdlib.h>

static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

void nussinov(int64_t N, const int32_t *seq, int32_t *restrict table) {
    // columns[j * N + i] is table[i * N + j].
    int32_t *restrict columns = calloc(N * N, sizeof(int32_t));
    for (int64_t i = 0; i < N * N; i++)
        table[i] = 0;
    for (int64_t i = N - 1; i >= 0; i--)
        for (int64_t j = i + 1; j < N; j++) {
            int32_t best = larger(table[i * N + j - 1], columns[j * N + i + 1]);
            int32_t pair = i < j - 1 && seq[i] + seq[j] == 3;
            best = larger(best, table[(i + 1) * N + j - 1] + pair);
            const int32_t *row = table + i * N, *column = columns + j * N + 1;
#pragma omp simd reduction(max : best)
            for (int64_t k = i + 1; k < j; k++)
                best = larger(best, row[k] + column[k]);
            table[i * N + j] = columns[j * N + i] = best;
        }
    free(columns);
}

// jacobi-2d of PolyBench/C 4.2: one team of threads for all steps, rows shared, each row vectorised.
#include <stdint.h>

static void sweep(int64_t n, const double *restrict in, double *restrict out) {
#pragma omp for schedule(static)
    for (int64_t i = 1; i < n - 1; i++) {
        const double *row = in + i * n;
#pragma omp simd
        for (int64_t j = 1; j < n - 1; j++)
            out[i * n + j] = 0.2 * (row[j] + row[j - 1] + row[j + 1] + row[j + n] + row[j - n]);
    }
}

void jacobi_2d(int64_t N, int64_t TSTEPS, double *A, double *B) {
#pragma omp parallel
    for (int64_t t = 1; t < TSTEPS; t++) {
        sweep(N, A, B);
        sweep(N, B, A);
    }
}

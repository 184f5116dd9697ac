// heat-3d of PolyBench/C 4.2: one team of threads for all steps, planes shared, each row vectorised.
#include <stdint.h>

static void sweep(int64_t n, const double *restrict in, double *restrict out) {
#pragma omp for schedule(static) collapse(2)
    for (int64_t i = 1; i < n - 1; i++)
        for (int64_t j = 1; j < n - 1; j++) {
            const double *row = in + (i * n + j) * n;
            double *target = out + (i * n + j) * n;
#pragma omp simd
            for (int64_t k = 1; k < n - 1; k++) {
                double middle = 2.0 * row[k];
                target[k] = 0.125 * (row[k + n * n] - middle + row[k - n * n]) +
                            0.125 * (row[k + n] - middle + row[k - n]) +
                            0.125 * (row[k + 1] - middle + row[k - 1]) + row[k];
            }
        }
}

void heat_3d(int64_t N, int64_t TSTEPS, double *A, double *B) {
#pragma omp parallel
    for (int64_t t = 1; t < TSTEPS; t++) {
        sweep(N, A, B);
        sweep(N, B, A);
    }
}

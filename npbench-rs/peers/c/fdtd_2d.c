// fdtd-2d of PolyBench/C 4.2: one team of threads for all steps; the two electric fields are updated in one pass.
#include <stdint.h>

void fdtd_2d(int64_t NX, int64_t NY, int64_t TMAX, double *restrict ex, double *restrict ey, double *restrict hz,
             const double *restrict fict) {
#pragma omp parallel
    for (int64_t t = 0; t < TMAX; t++) {
#pragma omp for schedule(static)
        for (int64_t i = 0; i < NX; i++) {
            double *x = ex + i * NY, *y = ey + i * NY;
            const double *h = hz + i * NY;
            if (i == 0) {
                for (int64_t j = 0; j < NY; j++)
                    y[j] = fict[t];
            } else {
#pragma omp simd
                for (int64_t j = 0; j < NY; j++)
                    y[j] -= 0.5 * (h[j] - h[j - NY]);
            }
#pragma omp simd
            for (int64_t j = 1; j < NY; j++)
                x[j] -= 0.5 * (h[j] - h[j - 1]);
        }
#pragma omp for schedule(static)
        for (int64_t i = 0; i < NX - 1; i++) {
            const double *x = ex + i * NY, *y = ey + i * NY;
            double *h = hz + i * NY;
#pragma omp simd
            for (int64_t j = 0; j < NY - 1; j++)
                h[j] -= 0.7 * (x[j + 1] - x[j] + y[j + NY] - y[j]);
        }
    }
}

// seidel-2d of PolyBench/C 4.2. Point (i, j) of sweep t waits for its neighbours above and to the left in the same sweep and for
// the others in the last one. With rows skewed by the sweep, all sweeps run in a pipeline: each is two rows behind the one before it.
#include <stdint.h>

static void row(double *restrict a, int64_t n) {
    double sums[n];
    const double *above = a - n, *below = a + n;
    // What does not wait for the point to the left is vectorised.
#pragma omp simd
    for (int64_t j = 1; j < n - 1; j++)
        sums[j] = above[j - 1] + above[j] + above[j + 1] + a[j] + a[j + 1] + below[j - 1] + below[j] + below[j + 1];
    double left = a[0];
    for (int64_t j = 1; j < n - 1; j++)
        a[j] = left = (sums[j] + left) * (1.0 / 9.0);
}

void seidel_2d(int64_t TSTEPS, int64_t N, double *A) {
    int64_t sweeps = TSTEPS - 1, rows = N - 2;
    // In each wave, sweep t treats row `wave - 2 t`: no two of these rows are neighbours.
#pragma omp parallel
    for (int64_t wave = 0; wave < rows + 2 * (sweeps - 1); wave++) {
        int64_t first = wave >= rows ? (wave - rows) / 2 + 1 : 0;
        int64_t last = wave / 2 < sweeps - 1 ? wave / 2 : sweeps - 1;
#pragma omp for schedule(static)
        for (int64_t t = first; t <= last; t++)
            row(A + (wave - 2 * t + 1) * N, N);
    }
}

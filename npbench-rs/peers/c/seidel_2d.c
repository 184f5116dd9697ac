// seidel-2d of PolyBench/C 4.2. Point (i, j) of sweep t waits for its neighbours above and to the left in the same sweep and for
// the others in the last one. With rows skewed by the sweep, all sweeps run in a pipeline: each is two rows behind the one before it.
#include <stdint.h>
#include <stdlib.h>

enum { TOGETHER = 4 };

// What of a row does not wait for the point to the left.
static void others(const double *restrict a, int64_t n, double *restrict sums) {
    const double *above = a - n, *below = a + n;
#pragma omp simd
    for (int64_t j = 1; j < n - 1; j++)
        sums[j] = above[j - 1] + above[j] + above[j + 1] + a[j] + a[j + 1] + below[j - 1] + below[j] + below[j + 1];
}

// Some rows of different sweeps, `-2 n` apart: their recurrences overlap.
static void rows(double *a, int64_t n, int64_t count, double *sums) {
    for (int64_t r = 0; r < count; r++)
        others(a - 2 * r * n, n, sums + r * n);
    if (count == TOGETHER) {
        double left[TOGETHER];
        for (int r = 0; r < TOGETHER; r++)
            left[r] = a[-2 * r * n];
        for (int64_t j = 1; j < n - 1; j++)
            for (int r = 0; r < TOGETHER; r++)
                a[j - 2 * r * n] = left[r] = (sums[j + r * n] + left[r]) * (1.0 / 9.0);
        return;
    }
    for (int64_t r = 0; r < count; r++) {
        double *row = a - 2 * r * n, left = row[0];
        for (int64_t j = 1; j < n - 1; j++)
            row[j] = left = (sums[j + r * n] + left) * (1.0 / 9.0);
    }
}

void seidel_2d(int64_t TSTEPS, int64_t N, double *A) {
    int64_t sweeps = TSTEPS - 1, inner = N - 2;
    // Each wave ends with a barrier, which a few thousand points outweigh.
#pragma omp parallel if (sweeps * inner > 4096)
    {
        double *sums = malloc(TOGETHER * N * sizeof(double));
        // In each wave, sweep t treats row `wave - 2 t`: no two of these rows are neighbours.
        for (int64_t wave = 0; wave < inner + 2 * (sweeps - 1); wave++) {
            int64_t first = wave >= inner ? (wave - inner) / 2 + 1 : 0;
            int64_t last = wave / 2 < sweeps - 1 ? wave / 2 : sweeps - 1;
#pragma omp for schedule(static)
            for (int64_t t = first; t <= last; t += TOGETHER) {
                int64_t count = last - t + 1 < TOGETHER ? last - t + 1 : TOGETHER;
                rows(A + (wave - 2 * t + 1) * N, N, count, sums);
            }
        }
        free(sums);
    }
}

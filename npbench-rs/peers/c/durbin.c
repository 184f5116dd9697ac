// durbin of PolyBench/C 4.2. Both loops of a step are vectorised; they are too short to share among threads.
// returns float64[N]
#include <stdint.h>
#include <stdlib.h>

void durbin(int64_t N, const double *restrict r, double *restrict y) {
    // reversed[N - 1 - i] is r[i].
    double *restrict reversed = malloc(N * sizeof(double));
    double *restrict old = malloc(N * sizeof(double));
    for (int64_t i = 0; i < N; i++)
        reversed[N - 1 - i] = r[i];
    double alpha = -r[0], beta = 1.0;
    y[0] = -r[0];
    for (int64_t k = 1; k < N; k++) {
        const double *flipped = reversed + N - k;
        double sum = r[k];
#pragma omp simd reduction(+ : sum)
        for (int64_t i = 0; i < k; i++)
            sum += flipped[i] * y[i];
        beta *= 1.0 - alpha * alpha;
        alpha = -sum / beta;
#pragma omp simd
        for (int64_t i = 0; i < k; i++)
            old[i] = y[k - 1 - i];
#pragma omp simd
        for (int64_t i = 0; i < k; i++)
            y[i] += alpha * old[i];
        y[k] = alpha;
    }
    free(reversed);
    free(old);
}

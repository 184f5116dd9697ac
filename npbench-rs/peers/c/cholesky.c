// cholesky of PolyBench/C 4.2, the lower triangle, by blocks: diagonal block, panel below it, then the update of the rest by OpenBLAS.
// link: -lopenblas
#include <cblas.h>
#include <math.h>
#include <stdint.h>

enum { BLOCK = 64 };

void cholesky(int64_t N, double *A) {
    for (int64_t k = 0; k < N; k += BLOCK) {
        int64_t end = k + BLOCK < N ? k + BLOCK : N, size = end - k, rest = N - end;
        for (int64_t i = k; i < end; i++) {
            double *row = A + i * N;
            for (int64_t j = k; j < i; j++) {
                const double *other = A + j * N;
                double sum = 0.0;
#pragma omp simd reduction(+ : sum)
                for (int64_t l = k; l < j; l++)
                    sum += row[l] * other[l];
                row[j] = (row[j] - sum) / other[j];
            }
            double sum = 0.0;
#pragma omp simd reduction(+ : sum)
            for (int64_t l = k; l < i; l++)
                sum += row[l] * row[l];
            row[i] = sqrt(row[i] - sum);
        }
        if (rest == 0)
            break;
        double *below = A + end * N + k;
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, rest, size, 1.0, A + k * N + k, N,
                    below, N);
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, rest, size, -1.0, below, N, 1.0, A + end * N + end, N);
    }
}

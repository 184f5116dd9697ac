// lu of PolyBench/C 4.2, without pivoting, by blocks: panel, row of blocks, then the update of the rest by OpenBLAS.
// link: -lopenblas
#include <cblas.h>
#include <stdint.h>

enum { BLOCK = 64 };

// Elimination within a few columns: rows `from..to` below a diagonal block.
static void panel(double *A, int64_t n, int64_t k, int64_t end) {
    for (int64_t p = k; p < end; p++) {
        double inverse = 1.0 / A[p * n + p];
        for (int64_t i = p + 1; i < n; i++) {
            double factor = A[i * n + p] *= inverse;
#pragma omp simd
            for (int64_t j = p + 1; j < end; j++)
                A[i * n + j] -= factor * A[p * n + j];
        }
    }
}

void lu(int64_t N, double *A) {
    for (int64_t k = 0; k < N; k += BLOCK) {
        int64_t end = k + BLOCK < N ? k + BLOCK : N, size = end - k, rest = N - end;
        panel(A, N, k, end);
        if (rest == 0)
            break;
        double *right = A + k * N + end, *below = A + end * N + k;
        cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasUnit, size, rest, 1.0, A + k * N + k, N,
                    right, N);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rest, rest, size, -1.0, below, N, right, N, 1.0,
                    A + end * N + end, N);
    }
}

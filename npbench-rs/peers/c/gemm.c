// gemm of PolyBench/C 4.2 by OpenBLAS.
// link: -lopenblas
#include <cblas.h>
#include <stdint.h>

void gemm(int64_t NI, int64_t NJ, int64_t NK, double alpha, double beta, double *C, const double *A, const double *B) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, NI, NJ, NK, alpha, A, NK, B, NJ, beta, C, NJ);
}

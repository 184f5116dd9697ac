//! The programs in Python, one file each. Their texts are those of NPBench's NumPy versions, with annotated parameters.

pub mod arc_distance;
pub mod atax;
pub mod azimint_naive;
pub mod cholesky;
pub mod compute;
pub mod durbin;
pub mod fdtd_2d;
pub mod floyd_warshall;
pub mod gemm;
pub mod gesummv;
pub mod go_fast;
pub mod hdiff;
pub mod heat_3d;
pub mod jacobi_1d;
pub mod jacobi_2d;
pub mod k2mm;
pub mod lu;
pub mod mandelbrot1;
pub mod nussinov;
pub mod scattering_self_energies;
pub mod seidel_2d;
pub mod softmax;
pub mod spmv;
pub mod trisolv;

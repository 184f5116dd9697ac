use dace::dace;
use ndarray::Array2;

dace! {
    # Python with the meaning of NumPy; sizes are symbols
    def gemm(alpha: float64, beta: float64, C: float64[NI, NJ], A: float64[NI, NK], B: float64[NK, NJ]):
        C[:] = alpha * A @ B + beta * C
}

fn main() -> Result<(), dace::Error> {
    let (a, b) = (Array2::ones((400, 500)), Array2::ones((500, 300)));
    let mut c = Array2::ones((400, 300));
    gemm(1.5, 1.2, &mut c, &a, &b)
}

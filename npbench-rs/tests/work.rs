//! The compiler's count of operations and least bytes against counts by hand.
//!
//! Regions of arrays are counted as boxes there, so here: of a triangle the whole square.

use npbench::programs::{Preset, Program, all};
use npbench::worker::Instance;

fn program(name: &str) -> Program {
    let mut programs = all().into_iter();
    programs.find(|p| p.name == name).expect("a program")
}

/// Compares at two presets: operations, and bytes, for the sizes in the preset's order.
fn check<const R: usize>(name: &str, count: impl Fn([f64; R]) -> (f64, f64)) {
    let program = program(name);
    for preset in [Preset::Test, Preset::S] {
        let sizes: Vec<f64> = program
            .preset(preset)
            .iter()
            .map(|size| (*size).try_into().expect("a number"))
            .collect();
        let (operations, bytes) = count(sizes.try_into().expect("as many sizes"));
        let instance = Instance::new(&program, preset).expect("arguments");
        let work = instance.work().expect("the sizes are known");
        let counted = work.operations.expect("a number of operations");
        // Sums of cubes have thirds as coefficients, which are rounded.
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(
            close(counted, operations),
            "{name} {preset}: {counted} operations, by hand {operations}"
        );
        assert!(
            close(work.bytes, bytes),
            "{name} {preset}: {} bytes, by hand {bytes}",
            work.bytes
        );
    }
}

#[test]
fn products() {
    // alpha A: NI NK. Times B: a multiplication and an addition for each i, j, k. beta C, and the sum: NI NJ each.
    // A and B are read, C is read and written, 8 bytes an element.
    check("gemm", |[ni, nj, nk]| {
        (
            ni * nk + 2.0 * ni * nj * nk + 2.0 * ni * nj,
            8.0 * (ni * nk + nk * nj + 2.0 * ni * nj),
        )
    });
    // Two products of a matrix and a vector. A and x are read, N results written.
    check("atax", |[m, n]| (4.0 * m * n, 8.0 * (m * n + 2.0 * n)));
    // alpha A and beta B: N^2 each; their products with x: 2 N^2 each; the sum: N.
    check("gesummv", |[n]| {
        (6.0 * n * n + n, 8.0 * (2.0 * n * n + 2.0 * n))
    });
}

#[test]
fn solvers() {
    // Row i: a scalar product of length i, a subtraction, a division: sum of 2 i + 2 = N (N - 1) + 2 N.
    // L and b are read; x is written before it is read.
    check("trisolv", |[n]| {
        (n * (n - 1.0) + 2.0 * n, 8.0 * (n * n + 2.0 * n))
    });
    // The first root. Row i from 1 on: for each j below i a scalar product of length j, a subtraction, a division; then a scalar
    // product of length i, a subtraction, a root. Sum over j: i (i - 1) + 2 i, so in row i: i^2 + 3 i + 2.
    check("cholesky", |[n]| {
        let squares = (n - 1.0) * n * (2.0 * n - 1.0) / 6.0;
        let row_numbers = n * (n - 1.0) / 2.0;
        (
            1.0 + squares + 3.0 * row_numbers + 2.0 * (n - 1.0),
            16.0 * n * n,
        )
    });
}

#[test]
fn stencils() {
    // Two sweeps in each of TSTEPS - 1 steps: four additions and a multiplication at each inner point.
    // Of either array all is read, and the inner points are written.
    check("jacobi_2d", |[steps, n]| {
        let inner = (n - 2.0) * (n - 2.0);
        (
            2.0 * 5.0 * inner * (steps - 1.0),
            2.0 * 8.0 * (n * n + inner),
        )
    });
    // At each point four fluxes, each a difference of the Laplacian there and one beside it (each of the five: 1 multiplication, 3 additions, 1
    // subtraction), all computed where they are read; in the flux's limiter a difference and a product. The result: three sums and
    // differences of fluxes, times coeff, and a subtraction.
    // in_field of (I + 4) (J + 4) K and coeff are read, out_field is written.
    check("hdiff", |[i, j, k]| {
        let fluxes = 5.0 * 5.0 + 4.0 * (1.0 + 2.0);
        (
            (fluxes + 5.0) * i * j * k,
            8.0 * ((i + 4.0) * (j + 4.0) + 2.0 * i * j) * k,
        )
    });
}

#[test]
fn elementwise() {
    // Clipping is a maximum and a minimum; two products, two sums. Two arrays of int64 are read, one is written.
    check("compute", |[m, n]| (6.0 * m * n, 24.0 * m * n));
    // Two squared sines of a halved difference: 4 each. Two cosines and their product with each other and with a sine: 4. A sum.
    // Then two roots, a difference, an arc, a doubling. Four arrays are read, one is written.
    check("arc_distance", |[n]| {
        ((2.0 * 4.0 + 4.0 + 1.0 + 5.0) * n, 5.0 * 8.0 * n)
    });
    // A tangent and an addition for each element of the diagonal; an addition for each element.
    check("go_fast", |[n]| (2.0 * n + n * n, 16.0 * n * n));
    // A maximum, a difference, an exponential, a sum, a division for each of N H SM SM elements of 4 bytes.
    check("softmax", |[n, h, sm]| {
        let elements = n * h * sm * sm;
        (5.0 * elements, 2.0 * 4.0 * elements)
    });
}

#[test]
fn graphs() {
    // N times an addition and a minimum for each pair. int32 is read and written.
    check("floyd_warshall", |[n]| (2.0 * n * n * n, 8.0 * n * n));
}

/// All sizes that the counts name are found from the arguments.
#[test]
fn the_work_of_every_program_is_known() {
    for program in all() {
        let instance = Instance::new(&program, Preset::Test).expect("arguments");
        let work = instance.work();
        assert!(
            work.is_some_and(|w| w.bytes > 0.0),
            "{}: {work:?}",
            program.name
        );
    }
}

//! The programs of NPBench on small random inputs, against NumPy.

use dace_oracle::oracle::{Case, agree};

/// What random arguments need to make sense to a program.
const SETTINGS: &[(&str, &str)] = &[
    ("channel_flow", "ny=5 nx=4 nit=2"),
    ("stockham_fft", "N=8 R=2 K=3"),
    ("lenet", "N=2 H=16 W=17 C_before_fc1=16 precision=single"),
    // A positive definite matrix.
    ("cholesky2", "N=1 A=2"),
    ("contour_integral", "NR=3 NM=4 slab_per_bc=2 num_int_pts=3"),
    (
        "scattering_self_energies",
        "Nkz=2 NE=3 Nqz=2 Nw=2 NA=3 NB=2 N3D=2 Norb=2 neigh_idx=0..3",
    ),
    ("spmv", "A_row=0..5 A_col=0..3 N=3"),
];

/// The text between the braces of the `dace!` in a kernel file.
fn kernel_text(rust: &str) -> Option<&str> {
    let start = rust.find("dace! {")? + "dace! {".len();
    rust.get(start..rust.rfind('}')?)
}

#[test]
fn npbench() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../npbench-rs/kernels/src");
    let mut cases: Vec<Case> = Vec::new();
    let entries = std::fs::read_dir(folder).expect("kernels");
    let mut paths: Vec<_> = entries.map(|e| e.expect("entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_stem()
            .and_then(|n| n.to_str())
            .expect("a name")
            .to_owned();
        let rust = std::fs::read_to_string(&path).expect("readable");
        if let Some(text) = kernel_text(&rust) {
            let settings = SETTINGS
                .iter()
                .find(|(n, _)| *n == name)
                .map_or("", |(_, s)| *s);
            // The harness keeps texts for as long as the test runs.
            cases.push((String::leak(text.to_owned()), settings));
        }
    }
    assert!(!cases.is_empty());
    agree(&cases);
}

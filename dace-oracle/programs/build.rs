//! Writes the Rust text of random programs: those that `DACE_FUZZ` names, or a few.

use std::path::PathBuf;

fn main() {
    println!(
        "cargo::rerun-if-env-changed={}",
        dace_oracle::generated::SEEDS
    );
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo"));
    let text = dace_oracle::generated::rust_text(&dace_oracle::generated::batches());
    std::fs::write(folder.join("programs.rs"), text).expect("the folder can be written");
}

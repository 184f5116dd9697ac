//! The README's example is the tested file `examples/gemm.rs`, word for word.

mod example {
    include!("../examples/gemm.rs");

    #[test]
    fn runs() {
        main().expect("shapes agree");
    }
}

#[test]
fn the_readme_shows_the_example() {
    let readme = include_str!("../README.md");
    let example = include_str!("../examples/gemm.rs");
    assert!(
        readme.contains(example),
        "README.md does not show examples/gemm.rs"
    );
}

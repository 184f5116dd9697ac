//! What a mistake in a program looks like to its author. See `ui/README.md`.

#[test]
fn compile_fail() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}

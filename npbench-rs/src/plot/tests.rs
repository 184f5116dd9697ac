use super::*;
use crate::matrix::Matrix;
use crate::record::Record;

fn record(framework: &str, seconds: &[f64], error: Option<&str>) -> Record {
    let mut record = Record {
        benchmark: "gemm".into(),
        framework: framework.into(),
        error: error.map(str::to_owned),
        ..Record::default()
    };
    record.set_times(seconds.to_vec());
    record
}

fn picture() -> String {
    let mut invalid = record("jax", &[1.0], Some("far <off>"));
    invalid.validated = Some(false);
    let records = vec![vec![
        record("numpy", &[0.5], None),
        record("dace-rs", &[0.01], None),
        record("numba", &[1.0], None),
        invalid,
        record("pythran", &[], Some("timeout")),
        record("c", &[], Some("no version in C here")),
    ]];
    let markup = heat_map(
        &Matrix::new(&records),
        &["two lines".into(), "of notes".into()],
    );
    markup.expect("a picture").into_string()
}

#[test]
fn a_heat_map_shows_all_there_is() {
    let svg = picture();
    for text in [
        ">gemm<",
        ">500.00 ms<",
        ">50.0×<",
        ">0.50×<",
        ">invalid<",
        ">timeout<",
        ">–<",
        ">NumPy<",
        "no version in C here",
        "far &lt;off&gt;",
        ">of notes<",
    ] {
        assert!(svg.contains(text), "{text} is missing in {svg}");
    }
}

#[test]
fn without_numpy_there_is_no_heat_map() {
    let records = vec![vec![record("dace-rs", &[0.01], None)]];
    let refusal = heat_map(&Matrix::new(&records), &[]).expect_err("a refusal");
    assert!(refusal.contains("NumPy"), "{refusal}");
}

#[test]
fn pictures_are_written_as_their_names_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let svg = picture();
    let file = folder.path().join("a.svg");
    save(&svg, &file).expect("written");
    assert_eq!(std::fs::read_to_string(&file).expect("text"), svg);
    let file = folder.path().join("a.PNG");
    save(&svg, &file).expect("written");
    let image = resvg::tiny_skia::Pixmap::load_png(&file).expect("an image");
    // The letters are there: without a font nothing but rectangles would be drawn.
    let dark = image
        .pixels()
        .iter()
        .filter(|p| p.red() < 60 && p.green() < 60 && p.blue() < 60)
        .count();
    assert!(dark > 500, "{dark} dark pixels");
    assert!(save(&svg, &folder.path().join("a.pdf")).is_err());
    assert!(save(&svg, &folder.path().join("none/a.svg")).is_err());
}

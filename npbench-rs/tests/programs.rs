//! The entries: metadata, initialisation, and every program against NumPy.

use ndarray::{Array1, arr1, arr2};
use npbench::measure::find_python;
use npbench::peers::Peers;
use npbench::programs::{Preset, all};
use npbench::random::Rng;
use npbench::text::{description, python};
use npbench::value::{Value, relative_error};
use std::collections::HashSet;
use std::process::Command;

#[test]
fn entries_are_complete() {
    let mut names = HashSet::new();
    for program in all() {
        let name = program.name;
        assert!(names.insert(name), "{name} occurs twice");
        assert!(
            program.short == name || names.insert(program.short),
            "{} occurs twice",
            program.short
        );
        assert!(
            !description(program.file).is_empty(),
            "{name} has no credit"
        );
        assert!(!program.tolerance.reason.is_empty(), "{name}");
        assert!((0.0..1.0).contains(&program.tolerance.value), "{name}");
        for output in program.outputs {
            assert!(
                program.arguments.contains(output),
                "{name} has no argument {output}"
            );
        }
        assert!(
            program.outputs.len() + program.returns > 0,
            "{name} computes nothing"
        );
        for preset in Preset::ALL {
            assert_eq!(
                program.preset(preset).len(),
                program.sizes.len(),
                "{name} {preset}"
            );
        }
    }
}

/// Parameters of the function, as Python sees them.
fn parameters(text: &str, name: &str) -> Vec<String> {
    let begin =
        text.find(&format!("def {name}(")).expect("the function") + "def (".len() + name.len();
    let mut depth = 0;
    let mut parameters = vec![String::new()];
    for c in text[begin..].chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => parameters.push(String::new()),
            _ => {}
        }
        if depth == 0 && !"],".contains(c) || depth > 0 {
            parameters.last_mut().expect("one at least").push(c);
        }
    }
    parameters
        .iter()
        .map(|p| p.split(':').next().unwrap_or("").trim().to_owned())
        .collect()
}

#[test]
fn arguments_are_those_of_the_text() {
    for program in all() {
        let text = python(program.file).expect("a text");
        assert_eq!(
            parameters(&text, program.name),
            program.arguments,
            "{}",
            program.name
        );
    }
}

#[test]
fn each_argument_has_the_annotated_type() {
    for program in all() {
        let text = python(program.file).expect("a text");
        let values = program.arguments(Preset::Test).expect("arguments");
        assert_eq!(values.len(), program.arguments.len(), "{}", program.name);
        for (name, value) in program.arguments.iter().zip(&values) {
            let described = value.describe();
            let dtype = described.split('[').next().unwrap_or("");
            assert!(
                text.contains(&format!("{name}: {dtype}")),
                "{}: {name} is {described}",
                program.name
            );
        }
    }
}

#[test]
fn initialisation_follows_the_rules() {
    let array = |program: &str, argument: &str| {
        let program = all()
            .into_iter()
            .find(|p| p.name == program)
            .expect("a program");
        let position = program
            .arguments
            .iter()
            .position(|a| *a == argument)
            .expect("an argument");
        let values = program.arguments(Preset::Test).expect("arguments");
        values
            .into_iter()
            .nth(position)
            .expect("a value")
            .into_array()
    };
    let same = |value: &dyn npbench::value::AnyArray, expected: Value| {
        relative_error(value, &*expected.into_array()).expect("one shape") < 1e-15
    };
    // (i (k + 1) mod NK) / NK with NK = 3.
    let a = array("gemm", "A");
    assert_eq!(a.shape(), [7, 3]);
    let row: Vec<f64> = a.elements().skip(3).take(3).map(|x| x.re).collect();
    assert_eq!(row, [1.0 / 3.0, 2.0 / 3.0, 0.0]);
    assert!(same(
        &*array("nussinov", "seq"),
        arr1(&[1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1]).into()
    ));
    assert!(same(
        &*array("durbin", "r"),
        Array1::from_shape_fn(13, |i| 14.0 - i as f64).into()
    ));
    // The windows of four neighbours around each of five atoms on a ring.
    let windows = arr2(&[
        [3, 4, 0, 1],
        [4, 0, 1, 2],
        [0, 1, 2, 3],
        [1, 2, 3, 4],
        [2, 3, 4, 0],
    ]);
    assert!(same(
        &*array("scattering_self_energies", "neigh_idx"),
        windows.into()
    ));
    let path: Vec<f64> = array("floyd_warshall", "path")
        .elements()
        .map(|x| x.re)
        .collect();
    assert_eq!(path[..8], [999.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 999.0]);
    // The last row pointer counts the elements; columns are within the matrix.
    assert_eq!(
        array("spmv", "A_row").elements().last().map(|x| x.re),
        Some(29.0)
    );
    assert!(array("spmv", "A_col").elements().all(|x| x.re < 13.0));
    assert_eq!(array("spmv", "A_val").shape(), [29]);
}

/// `numpy.random.default_rng(42)`: the first three numbers of either kind.
#[test]
fn random_numbers_are_those_of_numpy() {
    let doubles = [
        0.773_956_048_555_963_3,
        0.438_878_439_752_052_3,
        0.858_597_919_911_382_5,
    ];
    assert_eq!(Rng::default().random(3).to_vec(), doubles);
    assert_eq!(
        Rng::default().random_f32(3).mapv(f64::from).to_vec(),
        [
            0.089_250_922_203_063_96,
            0.773_956_000_804_901_1,
            0.654_571_473_598_480_2
        ]
    );
}

/// `numpy.random.default_rng(42).integers(0, 256, 9, dtype=numpy.uint8)`.
#[test]
fn random_bytes_are_those_of_numpy() {
    assert_eq!(
        Rng::default().bytes(9).to_vec(),
        [136, 38, 217, 22, 205, 251, 33, 198, 193]
    );
}

/// All programs at sizes that are small, odd and all different; against NumPy where there is one, else against samples
/// of its results.
#[test]
fn every_program_agrees_with_numpy() {
    if find_python(None, &Peers::at(None).expect("a folder")).is_ok_and(|python| python.is_none()) {
        println!("note: no Python with NumPy: the results are compared with stored samples only");
    }
    // Programs that the compiler does not take yet are reported by `run`; here they only cost a note.
    let (taken, pending): (Vec<_>, Vec<_>) = all().into_iter().partition(|p| p.run.is_some());
    if !pending.is_empty() {
        let names: Vec<_> = pending.iter().map(|p| p.name).collect();
        println!("note: not compiled yet: {}", names.join(", "));
    }
    let names: Vec<_> = taken.iter().map(|p| p.name).collect();
    if names.is_empty() {
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_npbench"))
        .args([
            "run",
            "--no-db",
            "--preset",
            "test",
            "--framework",
            "dace-rs",
            "--repeat",
            "2",
            "--benchmark",
            &names.join(","),
        ])
        .output()
        .expect("the binary runs");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{report}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

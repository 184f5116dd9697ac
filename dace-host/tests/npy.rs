//! `.npy` files from anywhere: what NumPy may write is read, and nothing else does harm.

use dace_host::npy;
use ndarray::ArrayD;
use ndarray_npy::{ReadNpyExt, ReadableElement, WritableElement, WriteNpyExt};
use num_complex::Complex;
use std::fmt::Debug;
use std::path::Path;

/// A file as bytes say.
fn file(folder: &Path, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join("a.npy");
    std::fs::write(&path, bytes).expect("written");
    path
}

/// A header of a version, and elements.
fn with_header(version: u8, dictionary: &str, elements: usize) -> Vec<u8> {
    let text = format!("{dictionary}\n");
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((text.len() as u16).to_le_bytes()),
        _ => bytes.extend((text.len() as u32).to_le_bytes()),
    }
    bytes.extend(text.as_bytes());
    bytes.resize(bytes.len() + elements, 0);
    bytes
}

#[track_caller]
fn refused(folder: &Path, bytes: &[u8], why: &str) {
    let begin = std::time::Instant::now();
    match npy::open(&file(folder, bytes)) {
        Ok((header, _)) => panic!("{header:?}"),
        Err(message) => assert!(message.contains(why), "{message}"),
    }
    assert!(begin.elapsed().as_secs() < 1);
}

#[test]
fn headers_that_lie_are_refused() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let shaped =
        |shape: &str| format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    for (shape, why) in [
        (
            "(1099511627776, 3)",
            "takes 26388279066624 bytes, the file has 0",
        ),
        ("(18446744073709551615, 0)", "no array has the shape"),
        ("(4294967296, 4294967296)", "no array has the shape"),
        ("(0, 4294967296, 4294967296)", "no array has the shape"),
        ("(18446744073709551616,)", "a size before this"),
        ("(-1, 0)", "a size before this"),
    ] {
        refused(folder, &with_header(1, &shaped(shape), 0), why);
    }
    for elements in [0, 1, 47, 49, 96] {
        let why = format!("takes 48 bytes, the file has {elements} after");
        refused(folder, &with_header(1, &shaped("(2, 3)"), elements), &why);
    }
    for depth in [1, 25, 20_000] {
        let nested =
            |open: &str, close: &str| format!("{}{}", open.repeat(depth), close.repeat(depth));
        for nested in [nested("[", "]"), nested("(", ")"), nested("{1:", "}")] {
            let dictionary =
                format!("{{'descr': {nested}, 'fortran_order': False, 'shape': (2, 3), }}");
            refused(folder, &with_header(2, &dictionary, 48), "");
            refused(folder, &with_header(2, &shaped(&nested), 48), "");
            refused(folder, &with_header(2, &nested, 48), "");
        }
    }
    // Lengths of headers.
    refused(folder, b"", "cannot be read");
    refused(folder, b"\x93NUMPY\x01\x00\xff\xff{", "cannot be read");
    refused(
        folder,
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{",
        "a header of 4294967295 bytes",
    );
    refused(folder, b"\x93NUMPY\x04\x00\x00\x00\x00\x00", "version 4.0");
    refused(
        folder,
        b"PK\x03\x04 an archive of arrays",
        "not a .npy file",
    );
    refused(
        folder,
        &with_header(
            3,
            "{'descr': '\u{e9}', 'fortran_order': False, 'shape': ()}",
            0,
        ),
        "type \"\u{e9}\"",
    );
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    assert!(npy::open(&folder.join("none")).is_err());
    assert!(npy::open(folder).is_err_and(|why| why == "not a regular file"));
    #[cfg(unix)]
    {
        assert!(npy::open(Path::new("/dev/zero")).is_err_and(|why| why == "not a regular file"));
        let fifo = folder.join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.is_ok_and(|status| status.success()));
        assert!(npy::open(&fifo).is_err_and(|why| why == "not a regular file"));
        // A link to a file is the file.
        let link = folder.join("link");
        std::os::unix::fs::symlink(folder.join("a.npy"), &link).expect("a link");
        let scalar = "{'descr': '|u1', 'fortran_order': False, 'shape': (), }";
        file(folder, &with_header(1, scalar, 1));
        assert!(npy::open(&link).is_ok());
    }
}

/// SplitMix64.
fn draw(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) % below as u64) as usize
}

/// Reads whatever the checks let through as every type: an array or an error, and no array larger than the file.
fn read_as_any(path: &Path, length: usize) {
    fn attempt<T: ReadableElement>(path: &Path, length: usize) {
        if let Ok((header, reader)) = npy::open(path) {
            assert!(header.elements() * header.width <= length);
            if let Ok(array) = ArrayD::<T>::read_npy(reader) {
                assert_eq!(array.shape(), &header.shape);
            }
        }
    }
    attempt::<bool>(path, length);
    attempt::<i8>(path, length);
    attempt::<u16>(path, length);
    attempt::<i32>(path, length);
    attempt::<f64>(path, length);
    attempt::<Complex<f32>>(path, length);
}

/// Writes and reads an array, then files with something changed.
fn mutated<T>(folder: &Path, seed: u64, value: T)
where
    T: ReadableElement + WritableElement + Clone + PartialEq + Debug,
{
    let path = folder.join("a.npy");
    let mut state = seed;
    for shape in [&[][..], &[0], &[3], &[2, 3], &[4, 0, 2]] {
        for fortran in [false, true] {
            let mut array = ArrayD::from_elem(shape, value.clone());
            if fortran {
                array = array.reversed_axes();
            }
            let mut bytes = Vec::new();
            array.write_npy(&mut bytes).expect("in memory");
            let (_, reader) = npy::open(&file(folder, &bytes)).expect("a good file");
            assert_eq!(ArrayD::<T>::read_npy(reader).expect("read"), array);
            for _ in 0..12 {
                let mut changed = bytes.clone();
                for _ in 0..=draw(&mut state, 3) {
                    let at = draw(&mut state, changed.len().min(80));
                    match draw(&mut state, 4) {
                        0 => changed[at] = draw(&mut state, 256) as u8,
                        1 => {
                            changed.remove(at);
                        }
                        2 => {
                            let inserted = *b"0123456789(){}[],'\"\\<>|fiubcTF: "
                                .get(draw(&mut state, 32))
                                .expect("one of them");
                            changed.insert(at, inserted);
                        }
                        _ => changed.truncate(at.max(1)),
                    }
                    if changed.is_empty() {
                        changed.push(0);
                    }
                }
                std::fs::write(&path, &changed).expect("written");
                read_as_any(&path, changed.len());
            }
        }
    }
}

#[test]
fn changed_files_are_read_or_refused() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    mutated(folder, 1, true);
    mutated(folder, 2, -1i8);
    mutated(folder, 3, 7u16);
    mutated(folder, 4, i32::MIN);
    mutated(folder, 5, u64::MAX);
    mutated(folder, 6, -0.5f32);
    mutated(folder, 7, f64::MAX);
    mutated(folder, 8, Complex::new(1.0f32, -2.0));
    mutated(folder, 9, Complex::new(1.0f64, -2.0));
}

/// Versions that NumPy writes for long headers and names beyond ASCII, and other byte orders.
#[test]
fn other_versions_and_byte_orders_are_read() {
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    for version in [1, 2, 3] {
        for (descr, expected) in [("<i4", 16_777_216), (">i4", 1)] {
            let dictionary =
                format!("{{'descr': '{descr}', 'fortran_order': True, 'shape': (1,), }}   ");
            let mut bytes = with_header(version, &dictionary, 3);
            bytes.push(1);
            let (header, reader) = npy::open(&file(folder, &bytes)).expect("a good file");
            assert_eq!(header.descr, descr);
            let array = ArrayD::<i32>::read_npy(reader).expect("read");
            assert_eq!(array.first(), Some(&expected));
        }
    }
    // A truth value is 0 or 1.
    let truth = "{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }";
    let mut bytes = with_header(1, truth, 1);
    bytes.push(2);
    let (_, reader) = npy::open(&file(folder, &bytes)).expect("a good header");
    assert!(ArrayD::<bool>::read_npy(reader).is_err());
}

const WRITER: &str = r"
import sys, numpy as np
folder = sys.argv[1]
for name in 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128'.split():
    a = np.array([[0, 1, 1], [1, 0, 1]]).astype(name)
    if name != 'bool':
        a = (a * np.arange(6).reshape(2, 3)).astype(name)
    if name.startswith('complex'):
        a = (a * (1 + 2j)).astype(name)
    swapped = a.astype(a.dtype.newbyteorder('>'))
    for kind, b in [('c', a), ('f', np.asfortranarray(a)), ('swapped', swapped), ('strided', np.repeat(a, 2, axis=1)[:, ::2])]:
        np.save(f'{folder}/{name}-{kind}.npy', b)
    for version in [(2, 0), (3, 0)]:
        with open(f'{folder}/{name}-version{version[0]}.npy', 'wb') as file:
            np.lib.format.write_array(file, a, version=version)
    np.save(f'{folder}/{name}-scalar.npy', a[1, 2])
    np.save(f'{folder}/{name}-empty.npy', a[:, :0])
np.save(f'{folder}/refused-object.npy', np.array([{}]), allow_pickle=True)
np.save(f'{folder}/refused-record.npy', np.zeros(3, dtype=[('a', '<f8'), ('é', '<i4')]))
np.save(f'{folder}/refused-half.npy', np.zeros(3, np.float16))
np.save(f'{folder}/refused-date.npy', np.zeros(3, 'datetime64[s]'))
np.save(f'{folder}/refused-text.npy', np.array(['a', 'é']))
with open(f'{folder}/refused-archive.npy', 'wb') as file:
    np.savez(file, a=np.zeros(3))

";

/// What NumPy writes of one array, in all its ways, is one array.
#[test]
fn files_of_numpy_are_read() {
    fn check<T>(folder: &Path, name: &str)
    where
        T: ReadableElement + PartialEq + Debug,
    {
        let array = |kind: &str| {
            let path = folder.join(format!("{name}-{kind}.npy"));
            let (header, reader) = npy::open(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
            assert_eq!(header.width, size_of::<T>(), "{path:?}");
            ArrayD::<T>::read_npy(reader).unwrap_or_else(|e| panic!("{path:?}: {e}"))
        };
        let first = array("c");
        assert_eq!(first.shape(), [2, 3]);
        for kind in ["f", "swapped", "strided", "version2", "version3"] {
            assert_eq!(array(kind), first, "{name} {kind}");
        }
        let scalar = array("scalar");
        assert_eq!((scalar.shape(), scalar.first()), (&[][..], first.last()));
        assert_eq!(array("empty").shape(), [2, 0]);
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let folder = temporary.path();
    let python = std::env::var_os("NPBENCH_PYTHON").unwrap_or_else(|| "python3".into());
    let run = |script: &str| {
        let mut command = std::process::Command::new(&python);
        command
            .args(["-W", "ignore", "-c", script])
            .arg(folder)
            .output()
    };
    if !run("import numpy").is_ok_and(|output| output.status.success()) {
        println!("skipped: no Python with NumPy (set NPBENCH_PYTHON)");
        return;
    }
    let written = run(WRITER).expect("Python starts");
    let errors = String::from_utf8_lossy(&written.stderr);
    assert!(written.status.success(), "{errors}");
    check::<bool>(folder, "bool");
    check::<i8>(folder, "int8");
    check::<i16>(folder, "int16");
    check::<i32>(folder, "int32");
    check::<i64>(folder, "int64");
    check::<u8>(folder, "uint8");
    check::<u16>(folder, "uint16");
    check::<u32>(folder, "uint32");
    check::<u64>(folder, "uint64");
    check::<f32>(folder, "float32");
    check::<f64>(folder, "float64");
    check::<Complex<f32>>(folder, "complex64");
    check::<Complex<f64>>(folder, "complex128");
    let mut refused = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().contains("refused") {
            assert!(npy::open(&path).is_err(), "{path:?}");
            refused += 1;
        }
    }
    assert_eq!(refused, 6);
}

//! Speed of the runtime's linear algebra by class of shape, beside NumPy where a `python3` with NumPy is found (or named by
//! `NPBENCH_PYTHON`): `cargo bench --bench linalg -- [--rounds N] [--cpu] [words that a line must hold]`.
//!
//! With `--cpu`, what counts is the time of the calling thread on the processor, which other load disturbs less: only for one thread
//! (`RAYON_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1`).
//!
//! Both take turns, so that what else the machine does meets both; the best of all rounds counts.

use dace::Complex;
use dace::rt::linalg::{Field, MatMut, MatRef, cholesky, inv, matmul, solve};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// One line of the table: an operation, an element type, and sizes. `matmul`: m, k, n and the orders of both operands (`r`ows or
/// `c`olumns contiguous).
#[rustfmt::skip]
const CASES: &[&str] = &[
    // Squares.
    "matmul f64 16 16 16 rr", "matmul f64 32 32 32 rr", "matmul f64 64 64 64 rr", "matmul f64 100 100 100 rr", "matmul f64 128 128 128 rr",
    "matmul f64 200 200 200 rr", "matmul f64 256 256 256 rr", "matmul f64 500 500 500 rr", "matmul f64 1000 1000 1000 rr", "matmul f64 2000 2000 2000 rr",
    "matmul f64 500 500 500 cr", "matmul f64 500 500 500 rc", "matmul f64 500 500 500 cc",
    "matmul f32 64 64 64 rr", "matmul f32 256 256 256 rr", "matmul f32 1000 1000 1000 rr",
    "matmul c128 8 8 8 rr", "matmul c128 32 32 32 rr", "matmul c128 100 100 100 rr", "matmul c128 400 400 400 rr", "matmul c128 400 400 400 cr",
    "matmul c64 400 400 400 rr",
    // Tall, wide, thin.
    "matmul f64 20000 64 64 rr", "matmul f64 64 64 20000 rr", "matmul f64 4000 400 40 rr", "matmul f64 40 400 4000 rr", "matmul f64 100 20000 100 rr",
    "matmul f64 1000 8 1000 rr", "matmul f64 1000 40 1000 rr", "matmul f64 24 1500 1500 rr", "matmul f64 1500 1500 24 rr", "matmul f64 10000 30 8 rr",
    "matmul f32 64 4000 400 rr",
    "syrk f64 300 1000 r", "syrk f64 1000 300 r",
    // Vectors.
    "matvec f64 300 300 r", "matvec f64 300 300 c", "matvec f64 1000 1000 r", "matvec f64 1000 1000 c", "matvec f64 4000 4000 r", "matvec f64 4000 4000 c",
    "matvec f64 10000 100 r", "matvec f64 10000 100 c", "matvec f64 100 10000 r", "matvec f64 100 10000 c", "matvec f32 3000 3000 r", "matvec f32 3000 3000 c",
    "matvec c128 1000 1000 r", "matvec c128 1000 1000 c",
    // Many tiny products: sizes of each.
    "tiny f64 2 2 2", "tiny f64 3 3 3", "tiny f64 4 4 4", "tiny f64 8 8 8", "tiny f64 12 12 12", "tiny f64 16 16 16", "tiny c128 4 4 4", "tiny c128 12 12 12",
    // Equations.
    "solve f64 10 1", "solve f64 50 50", "solve f64 200 200", "solve f64 500 1", "solve f64 1000 1000", "solve f64 2000 1",
    "solve c128 50 50", "solve c128 150 150", "solve c128 500 500",
    "inv f64 10", "inv f64 50", "inv f64 200", "inv f64 500", "inv f64 1000", "inv c128 50", "inv c128 200",
    "cholesky f64 10", "cholesky f64 50", "cholesky f64 200", "cholesky f64 1000", "cholesky f64 2000", "cholesky c128 200",
];

/// Seconds of the fastest of some runs, for about `budget` seconds.
fn best(budget: f64, mut body: impl FnMut()) -> f64 {
    let begin = Instant::now();
    let mut least = f64::INFINITY;
    while begin.elapsed().as_secs_f64() < budget {
        let one = seconds();
        body();
        least = least.min(seconds() - one);
    }
    least
}

/// The clock.
fn seconds() -> f64 {
    use std::sync::LazyLock;
    static BEGIN: LazyLock<(Instant, bool)> =
        LazyLock::new(|| (Instant::now(), std::env::args().any(|a| a == "--cpu")));
    #[cfg(target_os = "linux")]
    if BEGIN.1 {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: writes the time.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        return time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    }
    BEGIN.0.elapsed().as_secs_f64()
}

fn matrix<T: Field>(m: usize, n: usize) -> Vec<T> {
    let mut state = 12345u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / (1u64 << 24) as f64
    };
    let mut store = Vec::with_capacity(m * n);
    huge_pages(&mut store);
    store.extend((0..m * n).map(|_| T::from_real(next())));
    store
}

/// Asks for huge pages under a large array, as NumPy does.
fn huge_pages<T>(store: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        let bytes = store.capacity() * size_of::<T>();
        let base = store.as_mut_ptr().cast::<u8>();
        let skip = base.align_offset(4096);
        if bytes >= 4 << 20 {
            // SAFETY: whole pages of the allocation, whose contents do not change.
            unsafe {
                libc::madvise(
                    base.add(skip).cast(),
                    (bytes - skip) & !4095,
                    libc::MADV_HUGEPAGE,
                )
            };
        }
    }
}

fn read<T>(store: &[T], m: usize, n: usize, order: u8) -> MatRef<T> {
    assert!(store.len() >= m * n);
    MatRef {
        ptr: store.as_ptr(),
        shape: [m, n],
        strides: if order == b'c' {
            [1, m as isize]
        } else {
            [n as isize, 1]
        },
    }
}

fn write<T>(store: &mut [T], m: usize, n: usize) -> MatMut<T> {
    assert!(store.len() >= m * n);
    MatMut {
        ptr: store.as_mut_ptr(),
        shape: [m, n],
        strides: [n as isize, 1],
    }
}

/// A case for one element type: seconds, and the operations or bytes of one run.
fn run<T: Field>(words: &[&str], flops: f64, budget: f64) -> (f64, f64, &'static str) {
    let size = |i: usize| words[i].parse::<usize>().expect("a size");
    let order = |i: usize, of: usize| words[i].as_bytes()[of];
    // SAFETY: `read` and `write` check the sizes; the shapes fit together.
    unsafe {
        match words[0] {
            "matmul" => {
                let [m, k, n] = [size(2), size(3), size(4)];
                let (a, b, mut c) = (matrix::<T>(m, k), matrix::<T>(k, n), matrix::<T>(m, n));
                let (ra, rb, wc) = (
                    read(&a, m, k, order(5, 0)),
                    read(&b, k, n, order(5, 1)),
                    write(&mut c, m, n),
                );
                let seconds = best(budget, || matmul(wc, ra, rb, false));
                (seconds, flops * (m * n * k) as f64 * 2.0, "GFLOP/s")
            }
            "syrk" => {
                let [m, k] = [size(2), size(3)];
                let (a, mut c) = (matrix::<T>(m, k), matrix::<T>(m, m));
                let (ra, wc) = (read(&a, m, k, order(4, 0)), write(&mut c, m, m));
                let seconds = best(budget, || matmul(wc, ra, ra.t(), false));
                (seconds, flops * (m * m * k) as f64, "GFLOP/s")
            }
            "tiny" => {
                let [m, k, n] = [size(2), size(3), size(4)];
                const MANY: usize = 200;
                let (a, b, mut c) = (
                    matrix::<T>(m * MANY, k),
                    matrix::<T>(k * MANY, n),
                    matrix::<T>(m * MANY, n),
                );
                let seconds = best(budget, || {
                    for i in 0..MANY {
                        let (ra, rb) = (
                            read(&a[i * m * k..], m, k, b'r'),
                            read(&b[i * k * n..], k, n, b'r'),
                        );
                        matmul(write(&mut c[i * m * n..], m, n), ra, rb, false);
                    }
                });
                (seconds, flops * (MANY * m * n * k) as f64 * 2.0, "GFLOP/s")
            }
            "matvec" => {
                let [m, k] = [size(2), size(3)];
                let (a, x, mut y) = (matrix::<T>(m, k), matrix::<T>(k, 1), matrix::<T>(m, 1));
                let (ra, rx, wy) = (
                    read(&a, m, k, order(4, 0)),
                    read(&x, k, 1, b'r'),
                    write(&mut y, m, 1),
                );
                let seconds = best(budget, || matmul(wy, ra, rx, false));
                (seconds, (m * k * size_of::<T>()) as f64, "GB/s")
            }
            "solve" => {
                let [n, k] = [size(2), size(3)];
                let (a, b, mut x) = (matrix::<T>(n, n), matrix::<T>(n, k), matrix::<T>(n, k));
                let (ra, rb, wx) = (
                    read(&a, n, n, b'r'),
                    read(&b, n, k, b'r'),
                    write(&mut x, n, k),
                );
                let seconds = best(budget, || solve(wx, ra, rb, "x").expect("regular"));
                let n = n as f64;
                (
                    seconds,
                    flops * (n * n * n * 2.0 / 3.0 + 2.0 * n * n * k as f64),
                    "GFLOP/s",
                )
            }
            "inv" => {
                let n = size(2);
                let (a, mut x) = (matrix::<T>(n, n), matrix::<T>(n, n));
                let (ra, wx) = (read(&a, n, n, b'r'), write(&mut x, n, n));
                let seconds = best(budget, || inv(wx, ra, "x").expect("regular"));
                (seconds, flops * 2.0 * (n * n * n) as f64, "GFLOP/s")
            }
            "cholesky" => {
                let n = size(2);
                let (mut a, mut x) = (matrix::<T>(n, n), matrix::<T>(n, n));
                for i in 0..n {
                    a[i * n + i] = T::from_real(n as f64);
                }
                let (ra, wx) = (read(&a, n, n, b'r'), write(&mut x, n, n));
                let seconds = best(budget, || cholesky(wx, ra, "x").expect("positive"));
                (seconds, flops * (n * n * n) as f64 / 3.0, "GFLOP/s")
            }
            other => panic!("unknown operation {other}"),
        }
    }
}

fn of_type(line: &str, budget: f64) -> (f64, f64, &'static str) {
    let words: Vec<&str> = line.split(' ').collect();
    match words[1] {
        "f32" => run::<f32>(&words, 1.0, budget),
        "f64" => run::<f64>(&words, 1.0, budget),
        "c64" => run::<Complex<f32>>(&words, 4.0, budget),
        "c128" => run::<Complex<f64>>(&words, 4.0, budget),
        other => panic!("unknown type {other}"),
    }
}

/// NumPy in a process of its own: a line in is a case and a budget, a line out is seconds.
struct Numpy(Child, ChildStdin, BufReader<ChildStdout>);

impl Numpy {
    fn start() -> Option<Self> {
        let python = std::env::var("NPBENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/linalg.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(std::env::args().filter(|a| a == "--cpu"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        let mut numpy = Self(child, input, output);
        numpy.best("tiny f64 2 2 2", 0.0).map(|_| numpy)
    }

    fn best(&mut self, line: &str, budget: f64) -> Option<f64> {
        writeln!(self.1, "{budget} {line}").ok()?;
        let mut answer = String::new();
        self.2.read_line(&mut answer).ok()?;
        answer.trim().parse().ok()
    }
}

impl Drop for Numpy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let mut words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench" && a != "--cpu")
        .collect();
    let mut rounds = 4;
    if let Some(at) = words.iter().position(|w| w == "--rounds") {
        rounds = words[at + 1].parse().expect("a number of rounds");
        words.drain(at..at + 2);
    }
    let mut numpy = Numpy::start();
    println!(
        "{:<32} {:>10} {:>8} {:>10} {:>8}",
        "case", "time", "rate", "NumPy", "speed"
    );
    for line in CASES {
        if !words.iter().all(|w| line.split(' ').any(|x| x == w)) {
            continue;
        }
        let (mut ours, mut theirs, mut amount, mut unit) = (f64::INFINITY, f64::INFINITY, 0.0, "");
        for _ in 0..rounds {
            let (seconds, of, name) = of_type(line, 0.1);
            (ours, amount, unit) = (ours.min(seconds), of, name);
            if let Some(seconds) = numpy.as_mut().and_then(|n| n.best(line, 0.1)) {
                theirs = theirs.min(seconds);
            }
        }
        println!(
            "{line:<32} {:>7.1} us {:>8.2} {:>7.1} us {:>7.2}x  {unit}",
            ours * 1e6,
            amount / ours / 1e9,
            theirs * 1e6,
            theirs / ours
        );
    }
}

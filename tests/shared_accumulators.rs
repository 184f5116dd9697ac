//! Loops on all cores whose iterations add to the same elements: each thread has arrays of its own, which are combined.

use dace::{Error, dace};
use ndarray::{Array1, Array2, Axis, s};

dace! {
    def both_ways(A: float64[M, N], x: float64[N]):
        return (A @ x) @ A

    def beside(A: float64[M, N], p: float64[N], r: float64[M]):
        return r @ A, A @ p

    def updated(A: float64[N, N], u: float64[N], v: float64[N], y: float64[N]):
        A += np.outer(u, v)
        return (2 * y) @ A

    def sums_before_and_after(A: float64[N, M], before: float64[N], after: float64[N]):
        for i in range(N):
            for j in range(M):
                before[i] += A[i, j]
                A[i, j] = 2.0 * A[i, j]
        for i in range(N):
            for j in range(M):
                A[i, j] = A[i, j] + 1.0
                after[i] += A[i, j]

    def counts(index: int64[M], weight: float64[M], least: float64[K], many: int64[K]):
        for i in range(M):
            many[index[i]] += 1
            least[index[i]] = min(least[index[i]], weight[i])

    def into_rows(index: int64[M], A: float64[M, N], total: float64[K, N]):
        for i in dace.map[0:M]:
            for j in range(N):
                total[index[i], j] += A[i, j]

    def there_and_back(A: float64[N, N], B: float64[N, N]):
        for i in range(N):
            for j in range(N):
                for k in range(N):
                    A[i, j] += B[i, k]
                    A[j, i] += B[k, j]

    def mirrored(h: float64[N], A: float64[N]):
        for i in dace.map[0:N]:
            A[i] += h[i]
            A[N - 1 - i] += h[i]

    def shifted(h: int32[N], A: int32[N + 1], top: int64[N]):
        for i in dace.map[0:N]:
            A[i] += h[i]
            A[i + 1] += h[i]
            top[i] = max(top[i], i)
            top[N - 1 - i] = max(top[N - 1 - i], i)

    def even_and_odd(h: float64[N], A: float64[2 * N]):
        for i in dace.map[0:N]:
            for j in range(3):
                A[2 * i] += h[i]
                A[2 * i + 1] -= h[i]

    def where_it_holds(h: float64[2 * N], A: float64[N], once: float64[8]):
        for i in dace.map[0:2 * N]:
            for k in range(i, 8):
                once[i % 8] += h[k]
            if i < N:
                A[i] += h[i]
            else:
                A[i - N] += h[i]

    def add(A: float64[N], at: int64, value: float64):
        A[at] += value

    def in_helpers(h: float64[N], A: float64[N]):
        for i in dace.map[0:N]:
            add(A, i, h[i])
            add(A, (7 * i) % N, h[i])
}

fn matrix(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        ((i * 7 + j * 3) % 11) as f64 - 5.0
    })
}

fn vector(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| ((i * 5) % 13) as f64 / 4.0)
}

/// Sizes for one chunk and for many, and empty ones. All sums are of small multiples of 1/4, so they are exact.
const SIZES: [(usize, usize); 6] = [(0, 3), (3, 0), (1, 1), (5, 7), (900, 700), (4000, 64)];

#[test]
fn a_matrix_is_read_once_for_two_products() -> Result<(), Error> {
    for (m, n) in SIZES {
        let (a, x, r) = (matrix(m, n), vector(n), vector(m));
        assert_eq!(both_ways(&a, &x)?, a.dot(&x).dot(&a), "{m}, {n}");
        let (columns, rows) = beside(&a, &x, &r)?;
        assert_eq!((columns, rows), (r.dot(&a), a.dot(&x)), "{m}, {n}");
    }
    Ok(())
}

#[test]
fn a_matrix_is_used_while_it_is_made() -> Result<(), Error> {
    for n in [0, 1, 6, 800] {
        let (mut a, u, v, y) = (matrix(n, n), vector(n), vector(n + 1), vector(n));
        let v = v.slice(s![1..]).to_owned();
        let expected = &a
            + &u.view()
                .insert_axis(Axis(1))
                .dot(&v.view().insert_axis(Axis(0)));
        let product = updated(&mut a, &u, &v, &y)?;
        assert_eq!(product, (2.0 * &y).dot(&expected), "{n}");
        assert_eq!(a, expected, "{n}");
    }
    Ok(())
}

#[test]
fn sums_see_what_is_stored_before_them_only() -> Result<(), Error> {
    let mut a = matrix(40, 50);
    let (before, after) = (a.sum_axis(Axis(1)), (&a * 2.0 + 1.0).sum_axis(Axis(1)));
    let (mut s, mut t) = (Array1::zeros(40), Array1::zeros(40));
    sums_before_and_after(&mut a, &mut s, &mut t)?;
    assert_eq!((s, t), (before, after));
    Ok(())
}

#[test]
fn elements_found_by_index_are_accumulated() -> Result<(), Error> {
    for m in [0, 1, 10, 300_000] {
        let index = Array1::from_shape_fn(m, |i| (i * i % 17) as i64 - 3);
        let weight = vector(m);
        let (mut least, mut many) = (Array1::from_elem(20, 2.0), Array1::from_elem(20, 1));
        counts(&index, &weight, &mut least, &mut many)?;
        let (mut low, mut number) = (vec![2.0; 20], vec![1; 20]);
        for (i, w) in index.iter().zip(&weight) {
            let at = i.rem_euclid(20) as usize;
            low[at] = f64::min(low[at], *w);
            number[at] += 1;
        }
        assert_eq!((least.to_vec(), many.to_vec()), (low, number), "{m}");
    }
    let mut many = Array1::zeros(20);
    let outcome = counts(
        &Array1::from_elem(300_000, 20),
        &vector(300_000),
        &mut Array1::zeros(20),
        &mut many,
    );
    assert!(
        matches!(
            outcome,
            Err(Error::Index {
                array: "many",
                dimension: 0,
                index: 20,
                size: 20
            })
        ),
        "{outcome:?}"
    );
    Ok(())
}

#[test]
fn rows_of_an_array_with_strides_are_accumulated() -> Result<(), Error> {
    for (m, n) in SIZES {
        let index = Array1::from_shape_fn(m, |i| (i % 4) as i64);
        let a = matrix(m, n);
        let mut wide = Array2::from_elem((8, 2 * n + 1), 1.0);
        into_rows(&index, &a, &mut wide.slice_mut(s![..;2, ..n]))?;
        let mut expected = Array2::from_elem((8, 2 * n + 1), 1.0);
        for i in 0..m {
            let mut row = expected.slice_mut(s![(i % 4) * 2, ..n]);
            row += &a.row(i);
        }
        assert_eq!(wide, expected, "{m}, {n}");
    }
    Ok(())
}

/// Two threads that meet in an element lose an update now and then: each program runs often, with results that are exact.
const TIMES: usize = 40;

#[test]
fn two_updates_of_a_map_are_judged_together() -> Result<(), Error> {
    for n in [0, 1, 2, 7, 100_000] {
        let ones = Array1::ones(n);
        for _ in 0..TIMES {
            let mut a = Array1::zeros(n);
            mirrored(&ones, &mut a)?;
            assert!(a.iter().all(|v| *v == 2.0), "{n}");
            let mut a = Array1::zeros(2 * n);
            even_and_odd(&ones, &mut a)?;
            assert!(a.iter().step_by(2).all(|v| *v == 3.0), "{n}");
            assert!(a.iter().skip(1).step_by(2).all(|v| *v == -3.0), "{n}");
        }
        let mut a = Array1::zeros(n);
        if n != 7 {
            in_helpers(&ones, &mut a)?;
            assert!(a.iter().all(|v| *v == 2.0) || n % 7 == 0, "{n}");
        }
        let (mut a, mut top) = (Array1::zeros(n + 1), Array1::zeros(n));
        shifted(&Array1::ones(n), &mut a, &mut top)?;
        let inner = a.iter().skip(1).take(n.saturating_sub(1));
        assert!(inner.copied().all(|v| v == 2), "{n}");
        let highest = |i: usize| i.max(n - 1 - i) as i64;
        assert!((0..n).all(|i| top[i] == highest(i)), "{n}");
    }
    Ok(())
}

#[test]
fn an_array_and_its_transpose_are_updated_at_once() -> Result<(), Error> {
    for n in [0, 1, 5, 60] {
        let b = matrix(n, n);
        let (rows, columns) = (b.sum_axis(Axis(1)), b.sum_axis(Axis(0)));
        let expected = Array2::from_shape_fn((n, n), |(i, _)| rows[i] + columns[i]);
        for _ in 0..TIMES {
            let mut a = Array2::zeros((n, n));
            there_and_back(&mut a, &b)?;
            assert_eq!(a, expected, "{n}");
        }
    }
    Ok(())
}

#[test]
fn updates_under_conditions_are_kept() -> Result<(), Error> {
    let n = 50_000;
    let ones = Array1::ones(2 * n);
    for _ in 0..TIMES {
        let (mut a, mut once) = (Array1::zeros(n), Array1::zeros(8));
        where_it_holds(&ones, &mut a, &mut once)?;
        assert!(a.iter().all(|v| *v == 2.0));
        let counts: Vec<f64> = (0..8).map(|i| f64::from(8 - i)).collect();
        assert_eq!(once.to_vec(), counts);
    }
    Ok(())
}

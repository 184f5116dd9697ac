//! Generated loops: the order of what they do, and memory that is made outside of them.

use dace::{Error, dace};
use ndarray::{Array1, Array2, ArrayD, Axis, array};

dace! {
    def total_before(B: float64[N], A: float64[N]):
        s = np.sum(B + A[::-1])
        B[:] = B - A[::-1] * 2.0
        return s

    def total_after(B: float64[N], A: float64[N]):
        B[:] = B - A[::-1] * 2.0
        s = np.sum(B + A[::-1])
        return s

    def total_between(B: float64[N], A: float64[N]):
        B[:] = B + 1.0
        s = np.sum(B)
        B[:] = B * A
        return s

    def inner(A: float64[N, M], B: float64[N]):
        for i in range(1, N - 1):
            B[2:] = np.maximum(B[1:-1] * 0.5, A[i, 0])

    def asked_for(n: int64, times: int64):
        s = 0.0
        for i in range(times):
            t = np.zeros(n - 3)
            t[:] = i
            t[:] = t[::-1] + 1.0
            s += np.sum(t)
        return s

    def bytes_used(A: uint8[N], I: int64[N]):
        B = np.empty(N, dtype=np.uint8)
        for i in range(N):
            B[I[i]] = A[i]
        s = 0
        for i in range(N):
            s += B[(i * 7) % N]
        return s

    def unwritten(N: int64):
        return np.empty(N, dtype=np.bool_)

    def scattered(I: int64[N]):
        B = np.empty(N, dtype=np.bool_)
        for i in range(N):
            B[I[i]] = i % 2 == 0
        return B

    def perhaps_written(A: float64[N], many: int64[M]):
        B = np.empty(N)
        for i in dace.map[0:min(M, 1)]:
            B[:] = 1.0
        return B

    def deep(A: float64[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 4], B: float64[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 4]):
        B[:] = A + 1.0

    def deeper(A: float64[2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1]):
        return np.sum(A, axis=(0, 10)), np.transpose(A), A[1], np.argmax(A, axis=5), A @ np.ones((1, 3))
}

#[test]
fn sums_see_the_elements_as_they_are_where_they_stand() {
    let a = Array1::from_shape_fn(100, |i| i as f64);
    let b = Array1::from_shape_fn(100, |i| (i * i % 7) as f64);
    let reversed = a.slice(ndarray::s![..;-1]);
    let changed = &b - &(&reversed * 2.0);
    let mut c = b.clone();
    assert_eq!(total_before(&mut c, &a).unwrap(), (&b + &reversed).sum());
    assert_eq!(c, changed);
    let mut c = b.clone();
    assert_eq!(
        total_after(&mut c, &a).unwrap(),
        (&changed + &reversed).sum()
    );
    assert_eq!(c, changed);
    let mut c = b.clone();
    assert_eq!(total_between(&mut c, &a).unwrap(), b.sum() + 100.0);
    assert_eq!(c, (b + 1.0) * a);
}

#[test]
fn a_loop_that_does_not_run_needs_no_memory() {
    for n in 0..3 {
        let mut b = Array1::ones(n);
        inner(&Array2::zeros((n, 1)), &mut b).unwrap();
        assert_eq!(b, Array1::ones(n));
    }
    let mut b = array![8.0, 4.0, 2.0, 1.0];
    inner(&Array2::zeros((4, 1)), &mut b).unwrap();
    assert_eq!(b, array![8.0, 4.0, 2.0, 1.0]);
    assert_eq!(asked_for(5, 3).unwrap(), 2.0 * (1.0 + 2.0 + 3.0));
    assert_eq!(asked_for(2, 0).unwrap(), 0.0);
    assert!(matches!(asked_for(2, 1), Err(Error::Size { .. })));
}

/// The bytes of the elements, which for a type with few values may be none of them.
fn bytes(truths: &Array1<bool>) -> Vec<u8> {
    let base = truths.as_ptr().cast::<u8>();
    // SAFETY: the elements are initialised, a byte each.
    unsafe { std::slice::from_raw_parts(base, truths.len()) }.to_vec()
}

#[test]
fn truth_values_are_not_what_others_left() -> Result<(), Error> {
    let n = 200_000;
    let a = Array1::from_elem(n, 7u8);
    let places = Array1::from_iter(0..n as i64);
    for _ in 0..2 {
        assert_eq!(bytes_used(&a, &places)?, (7 * n) as u8);
        assert!(bytes(&unwritten(n as i64)?).iter().all(|b| *b <= 1));
        assert_eq!(bytes_used(&a, &places)?, (7 * n) as u8);
        let truths = scattered(&places)?;
        assert!(bytes(&truths).iter().all(|b| *b <= 1));
        assert!(truths.iter().enumerate().all(|(i, v)| *v == (i % 2 == 0)));
    }
    Ok(())
}

/// The map has no iterations: what it would write is memory all the same.
#[test]
fn memory_is_initialised_where_nothing_is_written() -> Result<(), Error> {
    let a = Array1::from_elem(50_000, 1.0);
    assert_eq!(perhaps_written(&a, &array![0])?, a);
    // As the allocator gave it.
    assert_eq!(
        perhaps_written(&a.mapv(|v| v + 1.0), &array![])?.len(),
        a.len()
    );
    Ok(())
}

#[test]
fn arrays_have_any_number_of_dimensions() -> Result<(), Error> {
    let mut shape = vec![1; 16];
    shape.extend([3, 4]);
    let a = ArrayD::from_shape_vec(shape.clone(), (0..12).map(f64::from).collect());
    let a = a.expect("twelve elements");
    let mut b = ArrayD::zeros(shape.clone());
    deep(&a, &mut b)?;
    assert_eq!(b, &a + 1.0);
    // Rows the other way round, and elements too, which are copied.
    for steps in [[-1, 1], [-1, -1], [1, -1]] {
        let mut b = ArrayD::zeros(shape.clone());
        let mut from = a.view();
        let mut to = b.view_mut();
        for (axis, step) in [16, 17].into_iter().zip(steps) {
            if step < 0 {
                from.invert_axis(Axis(axis));
                to.invert_axis(Axis(axis));
            }
        }
        deep(&from, &mut to)?;
        assert_eq!(b, &a + 1.0);
    }
    let shape: Vec<usize> = (0..20).map(|k| if k % 5 == 0 { 2 } else { 1 }).collect();
    let a = ArrayD::from_shape_vec(shape, (0..16).map(f64::from).collect());
    let a = a.expect("sixteen elements");
    let (sums, transposed, part, places, product) = deeper(&a)?;
    assert_eq!(sums, a.sum_axis(Axis(10)).sum_axis(Axis(0)));
    assert_eq!(transposed, a.t());
    assert_eq!(part, a.index_axis(Axis(0), 1));
    assert!(places.len() == 8 && places.iter().all(|p| *p == 1));
    let mut three = a.shape().to_vec();
    three[19] = 3;
    assert_eq!(product, a.broadcast(three).expect("columns of one"));
    Ok(())
}

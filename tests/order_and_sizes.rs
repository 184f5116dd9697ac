//! Generated loops: the order of what they do, and memory that is made outside of them.

use dace::{Error, dace};
use ndarray::{Array1, Array2, array};

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

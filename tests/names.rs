//! Names of programs that are names of Rust, of the runtime, or of generated code.

#![forbid(unsafe_code)]
#![deny(warnings)]

use ndarray::{Array1, Array2, array};

/// What stands here could meet the patterns and paths of generated code.
#[allow(dead_code)]
mod hostile {
    macro_rules! cfg {
        () => {};
        ($($t:tt)*) => {
            ::core::compile_error!("generated code uses a macro of its surroundings")
        };
    }
    cfg!();
    pub(crate) const N: u8 = 1;
    pub(crate) static A: u8 = 1;
    pub(crate) struct Ok;
    pub(crate) struct Some;
    pub(crate) enum Option {}
    pub(crate) enum Result {}
    pub(crate) mod ndarray {}
    pub(crate) mod core {}
    pub(crate) mod std {}
    #[allow(non_camel_case_types)]
    pub(crate) struct i64;
    #[allow(non_camel_case_types)]
    pub(crate) struct f64;

    dace::dace! {
        def scaled(A: float64[N], Some: float64):
            t = 0.0
            for i in range(N):
                A[i] = A[i] * Some
                t += A[i]
            return t
    }
    pub(crate) use scaled as first;
}

mod rust {
    // Each of these is a function and a module, beside each other.
    ::dace::dace! {
        def work(x: float64[N]):
            return x.sum()

        def SOURCE(x: float64[N]):
            return 2.0 * x.sum()

        def code(x: float64[N]):
            return 3.0 * x.sum()

        def main(x: float64[N]):
            return 4.0 * x.sum()

        def dace(x: float64[N]):
            return 5.0 * x.sum()

        def rt(x: float64[N]):
            return 6.0 * x.sum()

        def Ok(Ok: float64[Err], Some: float64, FMA: int32):
            return Some * Ok.sum() + FMA

        def Result(x: float64[N]):
            return x + 1.0

        def Vec(x: float64[N]):
            return x + 2.0

        def self(self: float64[super], self_: float64, crate: int64, Self: float64):
            return self * self_ + crate * Self

        def type(match: float64[fn], impl: float64):
            return match * impl
    }
}

mod crates {
    dace::dace! {
        def std(core: float64[alloc]):
            return core.sum()
    }
    dace::dace! {
        def core(std: float64[alloc]):
            for f64 in range(alloc):
                std[f64] += f64
            return std.max()
    }
    dace::dace! {
        def f64(i64: float64[usize], u8: int32[usize]):
            bool = i64 * u8
            return bool
    }
}

mod letters {
    dace::dace! {
        def größe(é: float64[ñ], 变量: float64, u变: float64, _: float64, __: float64):
            ué = é * 变量
            ue9 = ué + u变
            return ue9 + _ - __
    }
}

dace::dace! {
    def name_chunks(idx: int64[chunks], w: float64[chunks], h: float64[M]):
        for i in dace.map[0:chunks]:
            h[idx[i]] += w[i]

    def name_rows_columns(D: float64[columns, 2 * rows], P: float64[rows, rows]):
        D[:, :rows] = D[:, rows:] @ P

    def name_total(A: float64[N]):
        total = 0.0
        for i in range(N):
            total += A[i] * A[i]
        for i in range(N):
            A[i] = A[i] / total

    # Names as the compiler makes them.
    def numbered(A: float64[i_1], i_2: float64[j_1, i_1], A_0: int64):
        A_buf = A + i_2[0]
        A_shape = A_buf * 2.0
        for k in range(0, j_1, A_0):
            for k_step in range(i_1):
                i_2[k, k_step] += A_shape[k_step]
        return i_2 + A

    # A size that no shape tells is a parameter of its own.
    def sizes(N: float64[N * N_], N_: float64):
        return N + N_
}

#[test]
fn names_of_generated_code() {
    let idx = Array1::from_shape_fn(1000, |i| (i % 4) as i64);
    let mut h = Array1::zeros(4);
    name_chunks(&idx, &Array1::ones(1000), &mut h).unwrap();
    assert_eq!(h, array![250.0, 250.0, 250.0, 250.0]);

    let mut d = Array2::from_shape_fn((7, 4), |(i, j)| (i * 4 + j) as f64);
    name_rows_columns(&mut d, &array![[1.0, 2.0], [3.0, 4.0]]).unwrap();
    for i in 0..7 {
        let (x, y) = (4.0 * i as f64 + 2.0, 4.0 * i as f64 + 3.0);
        assert_eq!((d[[i, 0]], d[[i, 1]]), (x + 3.0 * y, 2.0 * x + 4.0 * y));
        assert_eq!((d[[i, 2]], d[[i, 3]]), (x, y));
    }

    let mut a = array![1.0, 2.0, 3.0];
    name_total(&mut a).unwrap();
    assert_eq!(a, array![1.0 / 14.0, 2.0 / 14.0, 3.0 / 14.0]);

    let mut b = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let c = numbered(&array![1.0, 1.0, 1.0], &mut b, 1).unwrap();
    assert_eq!(b, array![[5.0, 8.0, 11.0], [8.0, 11.0, 14.0]]);
    assert_eq!(c, &b + 1.0);

    assert_eq!(
        sizes(&array![1.0, 2.0, 3.0, 4.0], 0.5, 2, 2).unwrap(),
        array![1.5, 2.5, 3.5, 4.5]
    );
}

#[test]
fn names_of_rust() {
    let x = array![1.0, 2.0];
    let sums = [
        rust::work(&x),
        rust::SOURCE(&x),
        rust::code(&x),
        rust::main(&x),
        rust::dace(&x),
        rust::rt(&x),
        rust::Ok(&x, 10.0, 1),
    ];
    assert_eq!(
        sums.map(Result::unwrap),
        [3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 31.0]
    );
    assert!(rust::SOURCE::SOURCE.starts_with("def SOURCE"));
    assert!(rust::work::work(&|_| Some(2)).is_some());
    assert_eq!(rust::Result(&x).unwrap(), array![2.0, 3.0]);
    assert_eq!(rust::Vec(&x).unwrap(), array![3.0, 4.0]);
    assert_eq!(rust::self_(&x, 2.0, 3, 4.0).unwrap(), array![14.0, 16.0]);
    assert_eq!(rust::r#type(&x, 2.0).unwrap(), array![2.0, 4.0]);
    assert_eq!(crates::std(&x).unwrap(), 3.0);
    assert_eq!(crates::core(&mut x.clone()).unwrap(), 3.0);
    assert_eq!(crates::f64(&x, &array![3, 4]).unwrap(), array![3.0, 8.0]);
}

#[test]
fn names_in_other_letters() {
    let x = array![1.0, 2.0];
    let y = letters::größe(&x, 2.0, 1.0, 0.5, 0.25).unwrap();
    assert_eq!(y, array![3.25, 5.25]);
}

#[test]
fn surroundings_have_names_too() {
    let mut a = array![1.0, 2.0];
    assert_eq!(hostile::first(&mut a, 2.0).unwrap(), 6.0);
}

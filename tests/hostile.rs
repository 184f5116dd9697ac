//! Functions of every kind with the arguments that break things: empty, huge, strided, not numbers; where memory, threads or stack are short; and from where little works: a
//! destructor of a thread's locals, a forked process. Each such environment is a process of its own, so that one that ends early is seen.

#![cfg(target_os = "linux")]

use dace::{Error, dace};
use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2, s};
use std::cell::RefCell;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

dace! {
    # Of a vector.
    def add(A: float64[N]):
        return A + 1.0
    def backwards(A: float64[N]):
        return A[::-1] * 2.0
    def every_third(A: float64[N]):
        return A[::3] - A[::3]
    def sum_all(A: float64[N]):
        return np.sum(A)
    def product(A: float64[N]):
        return np.prod(A)
    def mean(A: float64[N]):
        return np.mean(A)
    def deviation(A: float64[N]):
        return np.std(A), np.var(A)
    def largest(A: float64[N]):
        return np.max(A)
    def smallest(A: float64[N]):
        return np.min(A)
    def where_largest(A: float64[N]):
        return np.argmax(A)
    def where_smallest(A: float64[N]):
        return np.argmin(A)
    def running(A: float64[N]):
        return np.cumsum(A)
    def masked(A: float64[N]):
        return np.where(A > 0.0, np.sqrt(A), -A)
    def are_positive(A: float64[N]):
        return A > 0.0
    def any_all(A: float64[N]):
        return np.any(A > 1.0), np.all(A > 1.0)
    def counted(A: float64[N]):
        return np.count_nonzero(A)
    def as_integers(A: float64[N]):
        return A.astype(np.int64)
    def as_bytes(A: float64[N]):
        return A.astype(np.uint8)
    def as_singles(A: float64[N]):
        return A.astype(np.float32)
    def as_truth(A: float64[N]):
        return A.astype(np.bool_)
    def as_complex(A: float64[N]):
        return np.exp(A * 1j)
    def binned(A: float64[N]):
        H, E = np.histogram(A, bins=7)
        return H
    def mathematics(A: float64[N]):
        return np.sin(A) + np.exp(A) * np.log(A) - np.tanh(A) ** A
    def halves(A: float64[N]):
        return A ** 1.5 + A ** -0.5
    def whole_parts(A: float64[N]):
        return A // 3.0, A % 3.0, np.floor(A), np.ceil(A), np.rint(A)
    def stencil(A: float64[N]):
        B = np.zeros(N)
        B[1:-1] = A[:-2] + A[1:-1] + A[2:]
        return B
    def relaxed(A: float64[N]):
        B = A.copy()
        for t in range(3):
            B[1:-1] = 0.5 * (B[:-2] + B[2:])
        return B
    def joined(A: float64[N]):
        return np.concatenate((A, A[::-1], A))
    def differences(A: float64[N]):
        return np.diff(A)
    def outer_product(A: float64[N]):
        return np.sum(np.outer(A[:4], A))
    def inner_product(A: float64[N]):
        return A @ A
    def recurrence(A: float64[N]):
        B = np.empty(N)
        for i in range(N):
            B[i] = A[i]
            if i > 0:
                B[i] = B[i] + B[i - 1] * 0.5
        return B
    def until(A: float64[N]):
        i = 0
        while i < N and A[i] > 0.0:
            i = i + 1
        return i
    def no_values(A: float64[N]):
        return np.empty(N)
    def no_truth(A: float64[N]):
        return np.empty(N, dtype=np.bool_)
    def small_arrays(A: float64[N]):
        t = np.zeros(512)
        u = np.zeros(512)
        for i in range(512):
            t[i] = i
        for i in range(512):
            u[i] = t[511 - i]
        return np.sum(u) + np.sum(A)
    def in_halves(A: float64[2 * N]):
        return np.sum(A.reshape(N, 2), axis=1)
    def first_and_last(A: float64[N]):
        return A[0] + A[-1]

    # Of a vector and its places.
    def gathered(A: float64[N], I: int64[N]):
        return A[I]
    def scattered(A: float64[N], I: int64[N]):
        B = np.zeros(N)
        for i in range(N):
            B[I[i]] = A[i]
        return B
    def counts(A: float64[N], I: int64[N]):
        B = np.zeros(N)
        for i in range(N):
            B[I[i]] += A[i]
        return B
    def powers(A: float64[N], I: int64[N]):
        return I ** 3, A ** I, I // 7, I % 7, abs(I), -I
    def divided(A: float64[N], I: int64[N]):
        return I // I[::-1], I % I[::-1], I << 3, I >> 65, I * I
    def shifted(A: float64[N], I: int64[N]):
        return np.left_shift(I, I), np.right_shift(I, I)
    def totals(A: float64[N], I: int64[N]):
        return np.sum(I), np.prod(I), np.max(I), np.argmin(I)
    def chased(A: float64[N], I: int64[N]):
        k = 0
        s = 0.0
        for t in range(5):
            k = I[k]
            s += A[k]
        return s

    # Of a vector and numbers.
    def part(A: float64[N], a: int64, b: int64, c: int64):
        return np.sum(A[a:b])
    def stepped(A: float64[N], a: int64, b: int64, c: int64):
        s = 0.0
        for i in range(a, b, c):
            s += A[i]
        return s
    def element(A: float64[N], a: int64, b: int64, c: int64):
        return A[a] + A[b - c]
    def numbers(A: float64[N], a: int64, b: int64, c: int64):
        return a + b * c, a // b, a % b, abs(a), -a, a << b, a >> b, min(a, b, c)
    def made(A: float64[N], a: int64, b: int64, c: int64):
        return np.zeros(a), np.ones((b, c))
    def made_deep(A: float64[N], a: int64, b: int64, c: int64):
        return np.empty((a, b, c), dtype=np.bool_)
    def counted_up(A: float64[N], a: int64, b: int64, c: int64):
        return np.linspace(0.0, 1.0, a)
    def written_part(A: float64[N], a: int64, b: int64, c: int64):
        B = np.zeros(N)
        B[a:b] = A[a:b]
        return B
    def power_of(A: float64[N], a: int64, b: int64, c: int64):
        return a ** b
    def narrow(A: float64[N], a: int64, b: int64, c: int64):
        B = np.zeros(2, dtype=np.int8)
        B[0] = a
        return B
    def sized(A: float64[N], a: int64, b: int64, c: int64):
        t = np.zeros(a * b)
        t[:] = c
        return t

    # Of a square matrix.
    def squared(A: float64[N, N]):
        return A @ A
    def with_transposed(A: float64[N, N]):
        return A @ A.T
    def thrice(A: float64[N, N]):
        return A @ A @ A
    def in_place(A: float64[N, N]):
        B = A.copy()
        B[:] = B @ A
        return B
    def solved(A: float64[N, N]):
        return np.linalg.solve(A, A[:, 0])
    def solved_all(A: float64[N, N]):
        return np.linalg.solve(A, A)
    def inverse(A: float64[N, N]):
        return np.linalg.inv(A)
    def factor(A: float64[N, N]):
        return np.linalg.cholesky(A)
    def transposed(A: float64[N, N]):
        return A.T.copy()
    def flattened(A: float64[N, N]):
        return A.reshape(N * N)
    def plus(A: float64[N, N]):
        return A + A.T
    def diagonal(A: float64[N, N]):
        return np.trace(A)
    def by_rows(A: float64[N, N]):
        return np.sum(A, axis=1), np.max(A, axis=1), np.argmax(A, axis=1)
    def by_columns(A: float64[N, N]):
        return np.sum(A, axis=0), np.min(A, axis=0), np.argmin(A, axis=0)
    def products_in_turn(A: float64[N, N]):
        return A[0] @ A @ A[:, 0]
    def both_ways(A: float64[N, N]):
        return (A @ A[0]) @ A
    def integers(A: float64[N, N]):
        B = (A > 0.0).astype(np.int32)
        return B @ B.T
    def complex_product(A: float64[N, N]):
        B = A * 1j
        return B @ B
    def complex_inverse(A: float64[N, N]):
        return np.linalg.inv(A + A.T * 1j)
    def truths(A: float64[N, N]):
        B = A > 0.0
        return B @ B
    def stack(A: float64[N, N]):
        B = np.zeros((3, N, N))
        B[:] = A
        return B @ A, A @ B
    def grid(A: float64[N, N]):
        B = np.zeros((N, N))
        B[1:-1, 1:-1] = A[:-2, 1:-1] + A[2:, 1:-1] + A[1:-1, :-2] + A[1:-1, 2:]
        return B
    def triangle(A: float64[N, N]):
        B = np.zeros((N, N))
        for i in range(N):
            for j in range(i + 1):
                B[i, j] = A[i, j]
        return B
    def column_sums(A: float64[N, N], B: float64[N]):
        for i in dace.map[0:N]:
            for j in dace.map[0:N]:
                B[j] += A[i, j]

    # On the stack.
    def reversed_by(A: float64[512], f: float64):
        t = np.zeros(512)
        for i in range(512):
            t[i] = A[511 - i] * f
        return t
    def eight(A: float64[512]):
        return (reversed_by(reversed_by(A, 1.5), 2.5)[::-1] + reversed_by(reversed_by(A, 3.5), 4.5)[::-1]
            + reversed_by(reversed_by(A, 5.5), 6.5)[::-1] + reversed_by(reversed_by(A, 7.5), 8.5)[::-1])
    def many_arrays(A: float64[512], B: float64[512]):
        t0 = np.zeros(512)
        for i in range(512):
            t0[i] = A[511 - i] * 0.5
        t1 = np.zeros(512)
        for i in range(512):
            t1[i] = A[511 - i] * 1.5
        t2 = np.zeros(512)
        for i in range(512):
            t2[i] = A[511 - i] * 2.5
        t3 = np.zeros(512)
        for i in range(512):
            t3[i] = A[511 - i] * 3.5
        t4 = np.zeros(512)
        for i in range(512):
            t4[i] = A[511 - i] * 4.5
        t5 = np.zeros(512)
        for i in range(512):
            t5[i] = A[511 - i] * 5.5
        t6 = np.zeros(512)
        for i in range(512):
            t6[i] = A[511 - i] * 6.5
        t7 = np.zeros(512)
        for i in range(512):
            t7[i] = A[511 - i] * 7.5
        t8 = np.zeros(512)
        for i in range(512):
            t8[i] = A[511 - i] * 8.5
        t9 = np.zeros(512)
        for i in range(512):
            t9[i] = A[511 - i] * 9.5
        t10 = np.zeros(512)
        for i in range(512):
            t10[i] = A[511 - i] * 10.5
        t11 = np.zeros(512)
        for i in range(512):
            t11[i] = A[511 - i] * 11.5
        t12 = np.zeros(512)
        for i in range(512):
            t12[i] = A[511 - i] * 12.5
        t13 = np.zeros(512)
        for i in range(512):
            t13[i] = A[511 - i] * 13.5
        t14 = np.zeros(512)
        for i in range(512):
            t14[i] = A[511 - i] * 14.5
        t15 = np.zeros(512)
        for i in range(512):
            t15[i] = A[511 - i] * 15.5
        t16 = np.zeros(512)
        for i in range(512):
            t16[i] = A[511 - i] * 16.5
        t17 = np.zeros(512)
        for i in range(512):
            t17[i] = A[511 - i] * 17.5
        t18 = np.zeros(512)
        for i in range(512):
            t18[i] = A[511 - i] * 18.5
        t19 = np.zeros(512)
        for i in range(512):
            t19[i] = A[511 - i] * 19.5
        t20 = np.zeros(512)
        for i in range(512):
            t20[i] = A[511 - i] * 20.5
        t21 = np.zeros(512)
        for i in range(512):
            t21[i] = A[511 - i] * 21.5
        t22 = np.zeros(512)
        for i in range(512):
            t22[i] = A[511 - i] * 22.5
        t23 = np.zeros(512)
        for i in range(512):
            t23[i] = A[511 - i] * 23.5
        t24 = np.zeros(512)
        for i in range(512):
            t24[i] = A[511 - i] * 24.5
        t25 = np.zeros(512)
        for i in range(512):
            t25[i] = A[511 - i] * 25.5
        t26 = np.zeros(512)
        for i in range(512):
            t26[i] = A[511 - i] * 26.5
        t27 = np.zeros(512)
        for i in range(512):
            t27[i] = A[511 - i] * 27.5
        t28 = np.zeros(512)
        for i in range(512):
            t28[i] = A[511 - i] * 28.5
        t29 = np.zeros(512)
        for i in range(512):
            t29[i] = A[511 - i] * 29.5
        t30 = np.zeros(512)
        for i in range(512):
            t30[i] = A[511 - i] * 30.5
        t31 = np.zeros(512)
        for i in range(512):
            t31[i] = A[511 - i] * 31.5
        t32 = np.zeros(512)
        for i in range(512):
            t32[i] = A[511 - i] * 32.5
        t33 = np.zeros(512)
        for i in range(512):
            t33[i] = A[511 - i] * 33.5
        t34 = np.zeros(512)
        for i in range(512):
            t34[i] = A[511 - i] * 34.5
        t35 = np.zeros(512)
        for i in range(512):
            t35[i] = A[511 - i] * 35.5
        t36 = np.zeros(512)
        for i in range(512):
            t36[i] = A[511 - i] * 36.5
        t37 = np.zeros(512)
        for i in range(512):
            t37[i] = A[511 - i] * 37.5
        t38 = np.zeros(512)
        for i in range(512):
            t38[i] = A[511 - i] * 38.5
        t39 = np.zeros(512)
        for i in range(512):
            t39[i] = A[511 - i] * 39.5
        t40 = np.zeros(512)
        for i in range(512):
            t40[i] = A[511 - i] * 40.5
        t41 = np.zeros(512)
        for i in range(512):
            t41[i] = A[511 - i] * 41.5
        t42 = np.zeros(512)
        for i in range(512):
            t42[i] = A[511 - i] * 42.5
        t43 = np.zeros(512)
        for i in range(512):
            t43[i] = A[511 - i] * 43.5
        t44 = np.zeros(512)
        for i in range(512):
            t44[i] = A[511 - i] * 44.5
        t45 = np.zeros(512)
        for i in range(512):
            t45[i] = A[511 - i] * 45.5
        t46 = np.zeros(512)
        for i in range(512):
            t46[i] = A[511 - i] * 46.5
        t47 = np.zeros(512)
        for i in range(512):
            t47[i] = A[511 - i] * 47.5
        t48 = np.zeros(512)
        for i in range(512):
            t48[i] = A[511 - i] * 48.5
        t49 = np.zeros(512)
        for i in range(512):
            t49[i] = A[511 - i] * 49.5
        t50 = np.zeros(512)
        for i in range(512):
            t50[i] = A[511 - i] * 50.5
        t51 = np.zeros(512)
        for i in range(512):
            t51[i] = A[511 - i] * 51.5
        t52 = np.zeros(512)
        for i in range(512):
            t52[i] = A[511 - i] * 52.5
        t53 = np.zeros(512)
        for i in range(512):
            t53[i] = A[511 - i] * 53.5
        t54 = np.zeros(512)
        for i in range(512):
            t54[i] = A[511 - i] * 54.5
        t55 = np.zeros(512)
        for i in range(512):
            t55[i] = A[511 - i] * 55.5
        t56 = np.zeros(512)
        for i in range(512):
            t56[i] = A[511 - i] * 56.5
        t57 = np.zeros(512)
        for i in range(512):
            t57[i] = A[511 - i] * 57.5
        t58 = np.zeros(512)
        for i in range(512):
            t58[i] = A[511 - i] * 58.5
        t59 = np.zeros(512)
        for i in range(512):
            t59[i] = A[511 - i] * 59.5
        t60 = np.zeros(512)
        for i in range(512):
            t60[i] = A[511 - i] * 60.5
        t61 = np.zeros(512)
        for i in range(512):
            t61[i] = A[511 - i] * 61.5
        t62 = np.zeros(512)
        for i in range(512):
            t62[i] = A[511 - i] * 62.5
        t63 = np.zeros(512)
        for i in range(512):
            t63[i] = A[511 - i] * 63.5
        t64 = np.zeros(512)
        for i in range(512):
            t64[i] = A[511 - i] * 64.5
        t65 = np.zeros(512)
        for i in range(512):
            t65[i] = A[511 - i] * 65.5
        t66 = np.zeros(512)
        for i in range(512):
            t66[i] = A[511 - i] * 66.5
        t67 = np.zeros(512)
        for i in range(512):
            t67[i] = A[511 - i] * 67.5
        t68 = np.zeros(512)
        for i in range(512):
            t68[i] = A[511 - i] * 68.5
        t69 = np.zeros(512)
        for i in range(512):
            t69[i] = A[511 - i] * 69.5
        for i in range(512):
            B[i] += t0[(i * 7 + 0) % 512]
        for i in range(512):
            B[i] += t1[(i * 7 + 1) % 512]
        for i in range(512):
            B[i] += t2[(i * 7 + 2) % 512]
        for i in range(512):
            B[i] += t3[(i * 7 + 3) % 512]
        for i in range(512):
            B[i] += t4[(i * 7 + 4) % 512]
        for i in range(512):
            B[i] += t5[(i * 7 + 5) % 512]
        for i in range(512):
            B[i] += t6[(i * 7 + 6) % 512]
        for i in range(512):
            B[i] += t7[(i * 7 + 7) % 512]
        for i in range(512):
            B[i] += t8[(i * 7 + 8) % 512]
        for i in range(512):
            B[i] += t9[(i * 7 + 9) % 512]
        for i in range(512):
            B[i] += t10[(i * 7 + 10) % 512]
        for i in range(512):
            B[i] += t11[(i * 7 + 11) % 512]
        for i in range(512):
            B[i] += t12[(i * 7 + 12) % 512]
        for i in range(512):
            B[i] += t13[(i * 7 + 13) % 512]
        for i in range(512):
            B[i] += t14[(i * 7 + 14) % 512]
        for i in range(512):
            B[i] += t15[(i * 7 + 15) % 512]
        for i in range(512):
            B[i] += t16[(i * 7 + 16) % 512]
        for i in range(512):
            B[i] += t17[(i * 7 + 17) % 512]
        for i in range(512):
            B[i] += t18[(i * 7 + 18) % 512]
        for i in range(512):
            B[i] += t19[(i * 7 + 19) % 512]
        for i in range(512):
            B[i] += t20[(i * 7 + 20) % 512]
        for i in range(512):
            B[i] += t21[(i * 7 + 21) % 512]
        for i in range(512):
            B[i] += t22[(i * 7 + 22) % 512]
        for i in range(512):
            B[i] += t23[(i * 7 + 23) % 512]
        for i in range(512):
            B[i] += t24[(i * 7 + 24) % 512]
        for i in range(512):
            B[i] += t25[(i * 7 + 25) % 512]
        for i in range(512):
            B[i] += t26[(i * 7 + 26) % 512]
        for i in range(512):
            B[i] += t27[(i * 7 + 27) % 512]
        for i in range(512):
            B[i] += t28[(i * 7 + 28) % 512]
        for i in range(512):
            B[i] += t29[(i * 7 + 29) % 512]
        for i in range(512):
            B[i] += t30[(i * 7 + 30) % 512]
        for i in range(512):
            B[i] += t31[(i * 7 + 31) % 512]
        for i in range(512):
            B[i] += t32[(i * 7 + 32) % 512]
        for i in range(512):
            B[i] += t33[(i * 7 + 33) % 512]
        for i in range(512):
            B[i] += t34[(i * 7 + 34) % 512]
        for i in range(512):
            B[i] += t35[(i * 7 + 35) % 512]
        for i in range(512):
            B[i] += t36[(i * 7 + 36) % 512]
        for i in range(512):
            B[i] += t37[(i * 7 + 37) % 512]
        for i in range(512):
            B[i] += t38[(i * 7 + 38) % 512]
        for i in range(512):
            B[i] += t39[(i * 7 + 39) % 512]
        for i in range(512):
            B[i] += t40[(i * 7 + 40) % 512]
        for i in range(512):
            B[i] += t41[(i * 7 + 41) % 512]
        for i in range(512):
            B[i] += t42[(i * 7 + 42) % 512]
        for i in range(512):
            B[i] += t43[(i * 7 + 43) % 512]
        for i in range(512):
            B[i] += t44[(i * 7 + 44) % 512]
        for i in range(512):
            B[i] += t45[(i * 7 + 45) % 512]
        for i in range(512):
            B[i] += t46[(i * 7 + 46) % 512]
        for i in range(512):
            B[i] += t47[(i * 7 + 47) % 512]
        for i in range(512):
            B[i] += t48[(i * 7 + 48) % 512]
        for i in range(512):
            B[i] += t49[(i * 7 + 49) % 512]
        for i in range(512):
            B[i] += t50[(i * 7 + 50) % 512]
        for i in range(512):
            B[i] += t51[(i * 7 + 51) % 512]
        for i in range(512):
            B[i] += t52[(i * 7 + 52) % 512]
        for i in range(512):
            B[i] += t53[(i * 7 + 53) % 512]
        for i in range(512):
            B[i] += t54[(i * 7 + 54) % 512]
        for i in range(512):
            B[i] += t55[(i * 7 + 55) % 512]
        for i in range(512):
            B[i] += t56[(i * 7 + 56) % 512]
        for i in range(512):
            B[i] += t57[(i * 7 + 57) % 512]
        for i in range(512):
            B[i] += t58[(i * 7 + 58) % 512]
        for i in range(512):
            B[i] += t59[(i * 7 + 59) % 512]
        for i in range(512):
            B[i] += t60[(i * 7 + 60) % 512]
        for i in range(512):
            B[i] += t61[(i * 7 + 61) % 512]
        for i in range(512):
            B[i] += t62[(i * 7 + 62) % 512]
        for i in range(512):
            B[i] += t63[(i * 7 + 63) % 512]
        for i in range(512):
            B[i] += t64[(i * 7 + 64) % 512]
        for i in range(512):
            B[i] += t65[(i * 7 + 65) % 512]
        for i in range(512):
            B[i] += t66[(i * 7 + 66) % 512]
        for i in range(512):
            B[i] += t67[(i * 7 + 67) % 512]
        for i in range(512):
            B[i] += t68[(i * 7 + 68) % 512]
        for i in range(512):
            B[i] += t69[(i * 7 + 69) % 512]
}

type Of<A> = (&'static str, fn(&A) -> Result<(), Error>);
type OfPlaces = fn(&ArrayRef1<f64>, &ArrayRef1<i64>) -> Result<(), Error>;
type OfNumbers = fn(&ArrayRef1<f64>, [i64; 3]) -> Result<(), Error>;

macro_rules! list {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), |a| $name(a).map(drop))),*] };
}
macro_rules! list_places {
    ($($name:ident),* $(,)?) => { &[$(|a, places| $name(a, places).map(drop)),*] };
}
macro_rules! list_numbers {
    ($($name:ident),* $(,)?) => { &[$(|a, [i, j, k]| $name(a, i, j, k).map(drop)),*] };
}

const OF_VECTORS: &[Of<ArrayRef1<f64>>] = list![
    add,
    backwards,
    every_third,
    sum_all,
    product,
    mean,
    deviation,
    largest,
    smallest,
    where_largest,
    where_smallest,
    running,
    masked,
    are_positive,
    any_all,
    counted,
    as_integers,
    as_bytes,
    as_singles,
    as_truth,
    as_complex,
    binned,
    mathematics,
    halves,
    whole_parts,
    stencil,
    relaxed,
    joined,
    differences,
    outer_product,
    inner_product,
    recurrence,
    until,
    no_values,
    no_truth,
    small_arrays,
    in_halves,
    first_and_last,
];
const OF_PLACES: &[OfPlaces] = list_places![
    gathered, scattered, counts, powers, divided, shifted, totals, chased,
];
const OF_NUMBERS: &[OfNumbers] = list_numbers![
    part,
    stepped,
    element,
    numbers,
    made,
    made_deep,
    counted_up,
    written_part,
    power_of,
    narrow,
    sized,
];
const OF_MATRICES: &[Of<ArrayRef2<f64>>] = list![
    squared,
    with_transposed,
    thrice,
    in_place,
    solved,
    solved_all,
    inverse,
    factor,
    transposed,
    flattened,
    plus,
    diagonal,
    by_rows,
    by_columns,
    products_in_turn,
    both_ways,
    integers,
    complex_product,
    complex_inverse,
    truths,
    stack,
    grid,
    triangle,
];
/// What is as large as the matrix, so that there is no memory for it where rows repeat.
const LARGE: &[&str] = &[
    "squared",
    "with_transposed",
    "thrice",
    "in_place",
    "solved",
    "solved_all",
    "inverse",
    "factor",
    "transposed",
    "flattened",
    "plus",
    "complex_product",
    "stack",
];

const VALUES: [f64; 9] = [
    1.0,
    -2.5,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    5e-324,
    -0.0,
    f64::MAX,
    1e19,
];
const INTEGERS: [i64; 9] = [0, 1, -1, i64::MIN, i64::MAX, 63, 64, 1 << 47, 3];

fn vector(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| VALUES[i % VALUES.len()])
}

fn matrix(n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, n), |(i, j)| {
        if i == j {
            n as f64
        } else {
            ((i * 7 + j * 3) % 11) as f64 / 11.0
        }
    })
}

// Whether a function fails is its own matter.
fn all<A: ?Sized>(functions: &[Of<A>], argument: &A) {
    for (_, call) in functions {
        let _ = call(argument);
    }
}

fn all_places(a: &ArrayRef1<f64>, places: &ArrayRef1<i64>) {
    for call in OF_PLACES {
        let _ = call(a, places);
    }
}

fn all_numbers(a: &ArrayRef1<f64>, numbers: [i64; 3]) {
    for call in OF_NUMBERS {
        let _ = call(a, numbers);
    }
}

/// The arguments, made before something is short.
struct Arguments {
    vectors: Vec<Array1<f64>>,
    places: Vec<Array1<i64>>,
    matrices: Vec<Array2<f64>>,
    /// For several threads.
    large: Array2<f64>,
}

impl Arguments {
    fn new() -> Self {
        Self {
            vectors: [0, 1, 2, 3, 10, 600].map(vector).into(),
            places: [0, 1, 2, 3, 10, 600]
                .map(|n| Array1::from_shape_fn(n, |i| INTEGERS[i % INTEGERS.len()]))
                .into(),
            matrices: [0, 1, 2, 3, 7, 25].map(matrix).into(),
            large: matrix(if cfg!(miri) { 5 } else { 170 }),
        }
    }

    fn run(&self) {
        for (v, p) in self.vectors.iter().zip(&self.places) {
            all(OF_VECTORS, v);
            all(OF_VECTORS, &v.slice(s![..;-1]));
            all(OF_VECTORS, &v.slice(s![..;2]));
            all_places(v, p);
            all_places(v, &p.slice(s![..;-1]));
            for k in 0..INTEGERS.len() {
                let number = |by: usize| INTEGERS[k * by % INTEGERS.len()];
                all_numbers(v, [number(1), number(2), number(4)]);
                all_numbers(v, [number(4), number(1), number(5)]);
            }
        }
        for m in &self.matrices {
            all(OF_MATRICES, m);
            all(OF_MATRICES, &m.t());
            all(OF_MATRICES, &m.slice(s![..;-1, ..;-1]));
            let half = m.nrows() / 2;
            all(OF_MATRICES, &m.slice(s![..half, ..half]));
            let _ = column_sums(m, &mut Array1::zeros(m.ncols()));
        }
        // Not square.
        all(OF_MATRICES, &Array2::zeros((0, 3)));
        all(OF_MATRICES, &Array2::zeros((3, 0)));
    }

    /// A short run on several threads.
    fn run_parallel(&self) {
        let m = &self.large;
        for name in ["squared", "inverse", "by_columns", "both_ways", "integers"] {
            let (_, call) = OF_MATRICES
                .iter()
                .find(|(n, _)| *n == name)
                .expect("listed");
            let _ = call(m);
        }
        let _ = column_sums(m, &mut Array1::zeros(m.ncols()));
    }
}

#[test]
fn there_are_many() {
    let count = OF_VECTORS.len() + OF_PLACES.len() + OF_NUMBERS.len() + OF_MATRICES.len() + 1;
    assert!(count >= 73, "{count}");
}

#[test]
fn ordinary() {
    let arguments = Arguments::new();
    arguments.run();
    arguments.run_parallel();
}

/// Arrays of some numbers that stand for more memory than there are addresses.
#[test]
fn more_than_all_memory() {
    let one = Array1::from_elem(1, 1.0);
    let long = one.broadcast(1 << 46).expect("one element");
    let places = Array1::from_elem(1, 0i64);
    let long_places = places.broadcast(1 << 46).expect("one element");
    all(OF_VECTORS, &long);
    all_places(&long, &long_places);
    all_numbers(&long, [0, 1, 1]);
    assert_eq!(
        add(&long).map(drop),
        Err(Error::Memory {
            array: "A",
            bytes: 1 << 49
        })
    );
    // Beyond sizes as such.
    let longer = one.broadcast(1 << 60).expect("one element");
    all(OF_VECTORS, &longer);
    assert_eq!(add(&longer).map(drop), Err(Error::Size { array: "A" }));
    let row = Array1::<f64>::zeros(1 << 23);
    let square = row.broadcast((1 << 23, 1 << 23)).expect("a row");
    for (name, call) in OF_MATRICES.iter().filter(|(name, _)| LARGE.contains(name)) {
        let result = call(&square);
        assert!(
            matches!(result, Err(Error::Memory { .. })),
            "{name}: {result:?}"
        );
    }
    // Nothing of much.
    let nothing = Array2::<f64>::zeros((0, 1));
    all(
        OF_MATRICES,
        &nothing.broadcast((0, 1 << 46)).expect("a column"),
    );
}

/// Where the tests' process finds which environment it is to be.
const ENVIRONMENT: &str = "HOSTILE_ENVIRONMENT";

/// A process of these tests that runs `child` in an environment.
fn start(environment: &str, variables: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "child",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(ENVIRONMENT, environment)
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Runs it to its end, which has to be a good one, and comes.
fn survives(environment: &str, variables: &[(&str, &str)]) {
    let mut child = start(environment, variables);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if begun.elapsed() > Duration::from_mins(5) {
            child.kill().expect("a child");
            panic!("{environment} {variables:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let errors = std::io::read_to_string(child.stderr.take().expect("piped")).unwrap_or_default();
    assert!(
        status.success() && !errors.contains("panicked"),
        "{environment} {variables:?}: {status}\n{errors}"
    );
}

#[test]
fn little_memory() {
    survives("memory", &[]);
    survives("memory", &[("RAYON_NUM_THREADS", "4")]);
}

#[test]
fn little_memory_for_threads() {
    for more in ["1", "20", "40", "300"] {
        let variables = [("RAYON_NUM_THREADS", "200"), ("HOSTILE_MEBIBYTES", more)];
        survives("memory for threads", &variables);
    }
}

#[test]
fn no_threads() {
    survives("threads", &[("RAYON_NUM_THREADS", "4")]);
    survives("pool", &[]);
}

#[test]
fn little_stack() {
    for threads in ["1", "4"] {
        survives("stack", &[("RAYON_NUM_THREADS", threads)]);
    }
}

#[test]
fn strange_places() {
    let four = ("RAYON_NUM_THREADS", "4");
    for place in [
        "locals",
        "unwinding",
        "exit",
        "worker",
        "many threads",
        "fork",
    ] {
        survives(place, &[four]);
    }
}

#[test]
fn strange_variables() {
    for value in ["", "abc", "-1", "99999999999999999999", "0"] {
        let names = ["RAYON_NUM_THREADS", "DACE_LEVEL", "RAYON_RS_NUM_CPUS"];
        survives("nothing", &names.map(|name| (name, value)));
    }
    let huge = [
        ("RUST_MIN_STACK", "999999999999999"),
        ("RAYON_NUM_THREADS", "4"),
    ];
    survives("nothing", &huge);
}

/// What runs in a process of its own.
#[test]
#[ignore = "started by the others"]
fn child() {
    let arguments = Arguments::new();
    match std::env::var(ENVIRONMENT).as_deref() {
        Ok("memory") => {
            for kibibytes in [64 << 10, 16 << 10, 4 << 10, 2 << 10, 1 << 10, 512, 128, 0] {
                limit_memory(kibibytes << 10);
                arguments.run();
                arguments.run_parallel();
            }
            limit_memory(usize::MAX / 4);
        }
        Ok("memory for threads") => {
            let more =
                std::env::var("HOSTILE_MEBIBYTES").map_or(0, |s| s.parse().expect("a number"));
            limit_memory(more << 20);
            arguments.run_parallel();
            limit_memory(usize::MAX / 4);
        }
        Ok("threads") => {
            limit(libc::RLIMIT_NPROC, 1);
            // SAFETY: this process is only for this. The limit does not hold for the superuser.
            unsafe {
                if libc::geteuid() == 0 {
                    assert_eq!((libc::setgid(65534), libc::setuid(65534)), (0, 0));
                }
            }
            assert!(std::thread::Builder::new().spawn(|| ()).is_err());
            arguments.run();
            arguments.run_parallel();
        }
        Ok("pool") => {
            // A pool of the program's own that could not be made: rayon panics from then on.
            let failed = rayon::ThreadPoolBuilder::new()
                .num_threads(2)
                .spawn_handler(|_| Err(std::io::ErrorKind::OutOfMemory.into()))
                .build_global();
            assert!(failed.is_err());
            arguments.run_parallel();
        }
        Ok("stack") => {
            let a = Array1::from_elem(512, 1.0);
            let on = |kibibytes: usize, run: &(dyn Fn() + Sync)| {
                std::thread::scope(|scope| {
                    let builder = std::thread::Builder::new().stack_size(kibibytes << 10);
                    builder.spawn_scoped(scope, run).expect("a thread");
                });
            };
            on(128, &|| {
                assert!(eight(&a).is_ok());
                let mut sums = Array1::zeros(512);
                assert_eq!(many_arrays(&a, &mut sums), Ok(()));
                assert_eq!(sums[0], 70.0 * 35.0);
            });
            // Where they are not optimised, the library's products of complex numbers take half a mebibyte.
            on(if cfg!(debug_assertions) { 1024 } else { 64 }, &|| {
                arguments.run();
                arguments.run_parallel();
            });
        }
        Ok("locals") => {
            thread_local! {
                static LAST: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
            }
            for used_before in [false, true] {
                let thread = std::thread::spawn(move || {
                    LAST.with(|last| *last.borrow_mut() = Some(AtEnd(Arguments::new())));
                    if used_before {
                        arguments_used();
                    }
                });
                thread.join().expect("no panic");
            }
        }
        Ok("unwinding") => {
            let caught = std::panic::catch_unwind(|| {
                let _last = AtEnd(Arguments::new());
                // Without a message.
                std::panic::resume_unwind(Box::new("on purpose"));
            });
            assert!(caught.is_err());
            arguments.run_parallel();
        }
        Ok("exit") => {
            arguments.run_parallel();
            // SAFETY: a function without arguments.
            assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
        }
        Ok("worker") => {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(3)
                .build()
                .expect("threads");
            pool.install(|| arguments.run());
            rayon::join(|| arguments.run_parallel(), || arguments.run_parallel());
        }
        Ok("many threads") => std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| arguments.run_parallel());
            }
        }),
        Ok("fork") => {
            fork(&arguments);
            arguments.run_parallel();
            for _ in 0..8 {
                fork(&arguments);
            }
        }
        _ => arguments.run_parallel(),
    }
}

fn arguments_used() {
    Arguments::new().run_parallel();
}

/// Calls functions when it is dropped.
struct AtEnd(Arguments);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.run_parallel();
    }
}

extern "C" fn at_exit() {
    Arguments::new().run_parallel();
}

fn fork(arguments: &Arguments) {
    // SAFETY: the child calls nothing but the functions, and ends without the parent's destructors.
    let process = unsafe { libc::fork() };
    if process == 0 {
        arguments.run_parallel();
        // SAFETY: as above.
        unsafe { libc::_exit(0) };
    }
    let mut status = -1;
    // SAFETY: a child of this process.
    let ended = unsafe { libc::waitpid(process, &raw mut status, 0) };
    assert_eq!(ended, process);
    assert_eq!(status, 0);
}

fn limit(resource: libc::__rlimit_resource_t, most: u64) {
    let mut old = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the limits of this process.
    unsafe {
        assert_eq!(libc::getrlimit(resource, &raw mut old), 0);
        let new = libc::rlimit {
            rlim_cur: most.min(old.rlim_max),
            ..old
        };
        assert_eq!(libc::setrlimit(resource, &raw const new), 0);
    }
}

/// This process may have so much more memory than it has.
fn limit_memory(more: usize) {
    let sizes = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = sizes
        .split(' ')
        .next()
        .and_then(|s| s.parse().ok())
        .expect("a number");
    limit(libc::RLIMIT_AS, (pages * 4096).saturating_add(more) as u64);
}

#: n=27
def collatz(n: int64):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

#: n=50
def sieve(n: int64):
    prime = np.ones(n + 1, dtype=np.bool_)
    prime[:2] = False
    i = 2
    while i * i <= n:
        if prime[i]:
            for k in range(i * i, n + 1, i):
                prime[k] = False
        i += 1
    return np.nonzero(prime)[0]

#: n=50
def sieve_count(n: int64):
    prime = np.full(n, True)
    for p in range(2, n):
        if prime[p]:
            for q in range(p * p, n, p):
                prime[q] = False
    count = 0
    for p in range(2, n):
        if prime[p]:
            count += 1
    return count

#: a=84 b=36
def gcd(a: int64, b: int64):
    while b:
        a, b = b, a % b
    return a

#: base=7 exponent=13 modulus=11
def modular_power(base: int64, exponent: int64, modulus: int64):
    result = 1
    base %= modulus
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base % modulus
        exponent //= 2
        base = base * base % modulus
    return result

#: A=-9..9 B=1..5
def division(A: int64[N], B: int64[N]):
    return A // B, A % B, -A // B, A // -B, A % -B

#: A=-9..9
def division_by_zero(A: int32[N]):
    z = A * 0
    return A // z, A % z

#:
def float_division(A: float64[N], B: float64[N]):
    return A // B, A % B, A // -0.75, A % -0.75, -A % 0.3

#: x=-7 y=3
def scalar_division(x: int64, y: int64):
    return x // y, x % y, x / y, -x // y, x // -y, -x % -y

#: x=-7.5 y=2.25
def scalar_float_division(x: float64, y: float64):
    return x // y, x % y, -x // y, x % -y, x ** 2, abs(x) ** 0.5

#: x=200
def bits(x: uint8, a: int8[N]):
    return x << 1, x >> 3, x & 15, x | 1, x ^ 255, ~x, a >> 1, a << 1, ~a, -a

#: x=0..256
def popcount(x: uint64[N]):
    count = np.zeros(N, dtype=np.int64)
    for i in range(N):
        v = x[i]
        while v != 0:
            count[i] += 1
            v &= v - 1
    return count

#: n=10
def pi_leibniz(n: int64):
    total = 0.0
    for k in range(n):
        total += (-1) ** k / (2 * k + 1)
    return 4 * total

#: seed=12345 n=20
def linear_congruential(seed: uint32, n: int64):
    x = seed
    inside = 0
    for _ in range(n):
        x = x * np.uint32(1664525) + np.uint32(1013904223)
        u = x / 4294967296.0
        x = x * np.uint32(1664525) + np.uint32(1013904223)
        v = x / 4294967296.0
        if u * u + v * v <= 1.0:
            inside += 1
    return 4.0 * inside / n

#: seed=88172645463325252
def xorshift(seed: uint64, out: float64[N]):
    for i in range(N):
        seed ^= seed << np.uint64(13)
        seed ^= seed >> np.uint64(7)
        seed ^= seed << np.uint64(17)
        out[i] = seed / 2**64

#: n=12
def perfect_numbers(n: int64):
    found = 0
    for candidate in range(2, n):
        if sum_of_divisors(candidate) == candidate:
            found += 1
    return found

def sum_of_divisors(n):
    total = 0
    for d in range(1, n):
        if n % d == 0:
            total += d
    return total

#: n=6
def factorial_and_binomial(n: int64):
    f = 1
    for k in range(2, n + 1):
        f *= k
    b = 1
    for k in range(3):
        b = b * (n - k) // (k + 1)
    return f, b

#: x=0..256 N=6
def crc8(x: uint8[N]):
    crc = 0
    for byte in x:
        crc ^= byte
        for _ in range(8):
            if crc & 0x80:
                crc = ((crc << 1) ^ 0x07) & 0xFF
            else:
                crc <<= 1
    return crc

#: x=0..256
def adler32(x: uint8[N]):
    a, b = 1, 0
    for i in range(N):
        a = (a + int(x[i])) % 65521
        b = (b + a) % 65521
    return (b << 16) | a

#: x=0..256
def fnv1a(x: uint8[N]):
    h = np.uint32(2166136261)
    for i in range(N):
        h = (h ^ x[i]) * np.uint32(16777619)
    return h

#: n=5
def mandelbrot_escape(n: int64, re: float64, im: float64):
    c = complex(re, im)
    z = 0j
    for k in range(n):
        z = z * z + c
        if abs(z) > 2:
            return k
    return n

#: max_iter=12
def mandelbrot_grid(max_iter: int64, count: int64[H, W]):
    for y in range(H):
        for x in range(W):
            c = complex(-2.0 + 3.0 * x / W, -1.5 + 3.0 * y / H)
            z = 0.0 + 0.0j
            k = 0
            while k < max_iter and z.real * z.real + z.imag * z.imag <= 4.0:
                z = z**2 + c
                k += 1
            count[y, x] = k

#:
def julia(Z: complex128[N, M]):
    count = np.zeros(Z.shape, dtype=np.int32)
    z = Z.copy()
    for _ in range(8):
        inside = np.abs(z) <= 2
        count[inside] += 1
        z = np.where(inside, z * z - 0.4 + 0.6j, z)
    return count

#:
def comparisons(x: float64, A: float64[N]):
    inside = 0
    for v in A:
        if -1 < v <= x:
            inside += 1
        elif v == x != 0:
            inside += 10
    return inside, -1 < x < 1, 0 <= len(A) < 6 < 7

#: a=3 b=1 c=2
def sort_three(a: int64, b: int64, c: int64):
    if a > b:
        a, b = b, a
    if b > c:
        b, c = c, b
    if a > b:
        a, b = b, a
    return a, b, c

#: x=-3..4
def signs(x: int64[N]):
    return np.sign(x), np.abs(x), -x, +x, x**2, np.maximum(x, 0), np.clip(x, -1, 2)

#: n=1000
def digits(n: int64):
    total = 0
    reverse = 0
    while n:
        n, d = divmod(n, 10)
        total += d
        reverse = reverse * 10 + d
    return total, reverse

#: n=9
def int_sqrt(n: int64):
    r = int(np.sqrt(n))
    while r * r > n:
        r -= 1
    while (r + 1) * (r + 1) <= n:
        r += 1
    return r

#: A=0..256
def small_sums(A: uint8[N], B: int8[N], C: bool[N], D: float32[N]):
    return A.sum(), B.sum(), C.sum(), D.sum(), A.mean(), B.prod(), D.std(), C.mean(), A.max(), B.min()

#:
def promotions(a: int8[N], b: uint8[N], c: int16[N], d: uint32[N], e: float32[N], f: uint64[N]):
    return a + b, a + c, b + d, a + d, c * e, d * e, f + a, f + b, a / b.astype(np.int8), e ** 2, a * 2, b * 2.5, e * 2.5, d + 1

#: n=10
def harmonic(n: int64):
    return sum_inverse(n)

def sum_inverse(n):
    s = 0.0
    i = n
    while i >= 1:
        s += 1 / i
        i -= 1
    return s

#:
def rounding(x: float64[N]):
    return np.floor(x), np.ceil(x), np.round(x), np.trunc(x), np.rint(x), np.fix(x), x.astype(int), np.round(x, 1)

#: A=-9..9
def negative_floats_become_unsigned(A: float64[N], B: float32[N]):
    a = A * 1.5 - 3
    b = B * -100.0
    return a.astype(np.uint8), a.astype(np.uint16), a.astype(np.uint32), a.astype(np.uint64), (a * 40).astype(np.int8), b.astype(np.uint8), b.astype(np.uint64), b.astype(np.int8)

#: A=-40..40 x=-40..40
def scalars_that_fit(A: int16[N], B: int8[N], C: int32[N], x: float64[N], D: int64[N]):
    for i in range(N):
        B[i] = A[i] * 3
        C[i] = x[i] * 1000.5
        D[i] = np.floor(x[i])
    return B.sum()

#: A=-300..300
def arrays_and_unsigned_scalars_wrap(A: int32[N], B: int8[N], C: uint8[N], D: uint16[N]):
    B[...] = A * 3
    B[1:] = A[1:] - A[:-1]
    for i in range(N):
        C[i] = A[i]
        D[i] = A[i] * 1000

#: A=300..400 raises
def scalar_above(A: int16[N], B: int8[N]):
    for i in range(N):
        B[i] = A[i]

#: A=-400..-300 raises
def scalar_below(A: int64[N], B: int32[N]):
    B[:] = A[0] * 100000000

#: k=200 raises
def argument_too_large(B: int8[N], k: int64):
    B[0] = k

#: raises
def sum_too_large(A: float64[N], B: int16[N]):
    B[0] = np.sum(np.exp(A + 20))

#: raises
def not_a_number(A: float64[N], B: int64[N]):
    for i in range(N):
        B[i] = A[i] / (A[i] - A[i])

#: A=1..9 raises
def infinite(A: float32[N], B: int64[N]):
    B[-1] = A[0] / (A[1] - A[1])

#: n=-3 raises
def negative_for_unsigned(A: uint8[N], n: int64):
    return A + int(n)

#: A=300..400
def selected_elements_wrap(A: int16[N], B: int8[N], C: int8[N], ind: int64[2]):
    ind[0] = 0
    ind[1] = N - 1
    B[ind] = A[0]
    C[A > 350] = A[0] + 0.5

#: A=300..400 raises
def python_float_too_large(A: int16[N], B: int8[N], n: int64):
    B[A > 0] = float(n) * 1e10

#: A=300..400
def arrays_without_dimensions_wrap(A: int16[N], B: int8[N], k: int64):
    for i in range(N):
        B[i] = np.where(k > 0, A[i], A[i] * 2)
    B[0] = np.where(A[0] > 350, A[0] * 3, 7)

#:
def least_integer():
    return np.full(2, -9223372036854775808)

#: refused=D018
def least_integer_beside_int32(A: float64[N], k: int32):
    A[0] = k + -9223372036854775808

#: refused=D018
def one_more_than_the_least_beside_int32(A: float64[N], k: int32):
    A[0] = k + -9223372036854775807

#: refused=D006
def type_by_the_way_taken(A: uint8[N], C: float64[N]):
    return (C[0] if C[0] > 1.0 else A[0]) * A[1]

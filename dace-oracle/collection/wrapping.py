#: n=9223372036854775807
def idiom(n: int64):
    if n + 1 < n:
        return 1
    return 0

#: n=9223372036854775806
def idiom_just_below(n: int64):
    if n + 1 < n:
        return 1
    return 0

#: n=4611686018427387904 m=2
def product_of_positives(n: int64, m: int64, A: float64[N]):
    if n > 0 and m > 0:
        if n * m > 0:
            return 1
        return 2
    return 3

#: n=4611686018427387904 m=0 N=23
def chain(n: int64, m: int64, A: float64[N]):
    if n > 0:
        for i in range(4, N):
            if i * n == m:
                A[i] = A[i - 4] + 1.0

#: n=-9223372036854775808
def negative_of_the_least(n: int64):
    return -n, abs(n), n // -1, n % -1, ~n

#: n=9223372036854775807
def loop_that_wraps(n: int64, A: float64[N]):
    for i in range(n - 1, n + 2):
        A[:] += 1.0

#: n=9223372036854775807
def written_everywhere(n: int64):
    W = np.zeros(4)
    for i in range(4):
        if n + i >= n:
            W[i] = 1.0
        if n + i < n:
            W[i] = 2.0
    return W

#: n=9223372036854775807 N=5
def slices(n: int64, A: float64[N]):
    A[n:n + 2] = 1.0
    A[n + 3:n + 6] = 2.0
    A[-n:2] = 3.0

#: n=9223372036854775807 raises
def index_that_wraps(n: int64, A: float64[N]):
    return A[n + 1]

#: n=4611686018427387904 N=5
def index_that_wraps_to_zero(n: int64, A: float64[N]):
    return A[n * 4 + 1]

#: n=9223372036854775807 raises
def size_that_wraps(n: int64):
    return np.zeros(n + 1)

#: k=127 n=300 N=50
def narrow(k: int8, n: int64, A: float64[N]):
    return k + np.int8(1), n.astype(np.int8), A[n.astype(np.int8)]

#: n=-4
def unsigned(n: int64):
    return np.uint64(n) // np.uint64(2), n.astype(np.uint8)

#: n=6148914691236517205
def sums_of_products(n: int64, B: int64[N]):
    B[:] = B * n + n * 3
    x = n * 3 - n - n
    return x, x == n

#: n=9223372036854775807
def variable_of_a_loop(n: int64):
    s = n
    for i in range(5):
        s = s + i
        if s < 0:
            s = s - 1
    return s

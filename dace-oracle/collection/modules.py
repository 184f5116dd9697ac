#:
import numpy as np
import dace as dc

N, M = (dc.symbol(s, dtype=dc.int64) for s in ('N', 'M'))

@dc.program
def kernel(A: dc.float64[N, M], x: dc.float64[M]):
    return A @ x

#: TSTEPS=3
import numpy as np
import dace as dc

N = dc.symbol('N', dtype=dc.int64)
WEIGHT = 1.0 / 3

@dc.program
def relax(TSTEPS: dc.int64, A: dc.float64[N], B: dc.float64[N]):
    for t in range(1, TSTEPS):
        B[1:-1] = WEIGHT * (A[:-2] + A[1:-1] + A[2:])
        A[1:-1] = WEIGHT * (B[:-2] + B[1:-1] + B[2:])

#:
import numpy as np
import dace

N = dace.symbol('N')
M = dace.symbol('M')

@dace.program
def relu(x: dace.float32[N, M]):
    return np.maximum(x, 0)

@dace.program
def affine(x: dace.float32[N, M], w: dace.float32[M, M], b: dace.float32[M]):
    return x @ w + b

@dace.program
def network(x: dace.float32[N, M], w: dace.float32[M, M], b: dace.float32[M]):
    h = relu(affine(x, w, b))
    return affine(h, w, b)

#:
import numpy as np
import dace as dc
from math import pi, sqrt

N = dc.symbol('N', dc.int64)
TABLE = [1, 2, 3]
SCALE, OFFSET = 2.0, -1

def helper(x, scale=SCALE):
    """Scales."""
    return scale * x + OFFSET

@dc.program
def program(A: dc.float64[N]):
    """What a docstring says."""
    for k in range(len(TABLE)):
        A += helper(A, TABLE[k]) * pi
    return helper(A), sqrt(2.0)

#:
import numpy as np
import dace as dc

N = dc.symbol('N', dtype=dc.int64)

@dc.program
def total(A: dc.float64[N], acc: dc.float64[1]):
    for i in dc.map[0:N]:
        acc[0] += A[i]

#:
import numpy as np
import dace
from dace import float64, int32, symbol

N = symbol('N')

@dace.program
def typed(A: float64[N], k: int32):
    B: float64[N] = np.zeros([N], dtype=np.float64)
    for i in range(N):
        B[i] = A[(i + k) % N]
    return B

#:
import numpy as np
import dace as dc

M, N = (dc.symbol(s, dtype=dc.int64) for s in ('M', 'N'))

@dc.program
def flip(A: dc.float64[M]):
    B = np.ndarray((len(A), ), dtype=np.float64)
    for i in dc.map[0:len(A)]:
        B[i] = A[len(A) - 1 - i]
    return B

@dc.program
def kernel(r: dc.float64[N]):
    y = np.empty_like(r)
    y[0] = -r[0]
    for k in range(1, N):
        y[k] = r[k] + np.dot(flip(r[:k]), y[:k])
    return y

#:
import numpy as np

def fill(A, value):
    A[:] = value

def both(A, B):
    fill(A, 1)
    fill(B, 2.5)
    return A.sum() + B.sum()

def entry(A: float64[N], B: float32[M, N]):
    return both(A, B[0]), both(A[1:], B)

#:
def find(A: float64[N], x: float64):
    for i in range(N):
        if A[i] > x:
            return i
    return -1

def entry(A: float64[N], x: float64):
    a = find(A, x)
    b = find(A[::-1], x)
    return a, b

#:
def absolute(x):
    if x < 0:
        return -x
    return x

def entry(A: float64[N]):
    total = 0.0
    for i in range(N):
        total += absolute(A[i])
    return total

#: n=6
def is_prime(n):
    if n < 2:
        return False
    d = 2
    while d * d <= n:
        if n % d == 0:
            return False
        d += 1
    return True

def entry(n: int64):
    count = 0
    for k in range(n * n):
        if is_prime(k):
            count += 1
    return count

#: refused=D014
import dace as dc
N = dc.symbol('a b')
@dc.program
def f(A: dc.float64[N]):
    A[0] = 1.0

#: refused=D014
import dace as dc
N = dc.symbol('')
@dc.program
def f(A: dc.float64[N]):
    A[0] = 1.0

"""NumPy's part of `linalg.rs`: reads a budget in seconds and a case from each line, answers the least seconds of a run."""

import sys
import time

import numpy as np

TYPES = {"f32": np.float32, "f64": np.float64, "c64": np.complex64, "c128": np.complex128}


def matrix(m, n, dtype, order="r"):
    a = np.random.default_rng(1).random((m, n)).astype(dtype)
    return np.asfortranarray(a) if order == "c" else a


def prepare(operation, dtype, *sizes):
    dtype = TYPES[dtype]
    orders = sizes[-1] if not sizes[-1].isdigit() else ""
    sizes = [int(s) for s in sizes if s.isdigit()]
    if operation == "matmul":
        m, k, n = sizes
        a, b, c = matrix(m, k, dtype, orders[0]), matrix(k, n, dtype, orders[1]), matrix(m, n, dtype)
        return lambda: np.matmul(a, b, out=c)
    if operation == "syrk":
        a, c = matrix(*sizes, dtype, orders), matrix(sizes[0], sizes[0], dtype)
        return lambda: np.matmul(a, a.T, out=c)
    if operation == "tiny":
        m, k, n = sizes
        a, b, c = (matrix(200 * x, y, dtype).reshape(200, x, y) for x, y in ((m, k), (k, n), (m, n)))
        return lambda: np.matmul(a, b, out=c)
    if operation == "matvec":
        a, x, y = matrix(*sizes, dtype, orders), matrix(sizes[1], 1, dtype)[:, 0], matrix(sizes[0], 1, dtype)[:, 0]
        return lambda: np.matmul(a, x, out=y)
    if operation == "solve":
        a, b = matrix(sizes[0], sizes[0], dtype), matrix(*sizes, dtype)
        return lambda: np.linalg.solve(a, b)
    a = matrix(sizes[0], sizes[0], dtype)
    if operation == "cholesky":
        a += sizes[0] * np.eye(sizes[0], dtype=dtype)
        return lambda: np.linalg.cholesky(a)
    return lambda: np.linalg.inv(a)


clock = time.thread_time if "--cpu" in sys.argv else time.perf_counter

for line in sys.stdin:
    budget, *case = line.split()
    body, least, begin = prepare(*case), float("inf"), time.perf_counter()
    while True:
        one = clock()
        body()
        least = min(least, clock() - one)
        if time.perf_counter() - begin > float(budget):
            break
    print(least, flush=True)

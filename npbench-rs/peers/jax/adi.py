"""adi of PolyBench/C 4.2: each line's recurrence is a scan."""
import jax.numpy as jnp
from jax import lax


def solve(a, b, right, start, end):
    # (a p' + b) q = right - a q', then x = p x' + q backwards.
    def forward(state, right):
        p, q = state
        divided = 1.0 / (a * p + b)
        state = -a * divided, (right - a * q) * divided
        return state, state

    def backward(x, pq):
        x = pq[0] * x + pq[1]
        return x, x

    _, pq = lax.scan(forward, (jnp.zeros_like(start), start), right)
    return lax.scan(backward, end, pq, reverse=True)[1]


def adi(TSTEPS, N, u):
    mul1 = 2.0 * N * N / TSTEPS
    mul2 = 1.0 * N * N / TSTEPS
    a, b = -mul1 / 2.0, 1.0 + mul2
    d, e = -mul2 / 2.0, 1.0 + mul2
    ones = jnp.ones(N - 2)
    edge = jnp.ones((1, N - 2))

    def step(_, u):
        right = -d * u[1:-1, :-2] + (1.0 + 2.0 * d) * u[1:-1, 1:-1] - d * u[1:-1, 2:]
        v = jnp.concatenate([edge, solve(a, b, right, ones, ones), edge])
        right = -a * v[:-2] + (1.0 + 2.0 * a) * v[1:-1] - a * v[2:]
        inner = solve(d, e, right.T, ones, ones).T
        u = u.at[1:-1, 1:-1].set(inner)
        return u.at[1:-1, 0].set(1.0).at[1:-1, -1].set(1.0)

    return lax.fori_loop(0, TSTEPS, step, u)

"""heat-3d of PolyBench/C 4.2."""
import jax.numpy as jnp
from jax import lax


def sweep(x):
    c = x[1:-1, 1:-1, 1:-1]
    return (0.125 * (x[2:, 1:-1, 1:-1] - 2.0 * c + x[:-2, 1:-1, 1:-1]) +
            0.125 * (x[1:-1, 2:, 1:-1] - 2.0 * c + x[1:-1, :-2, 1:-1]) +
            0.125 * (x[1:-1, 1:-1, 2:] - 2.0 * c + x[1:-1, 1:-1, :-2]) + c)


def heat_3d(TSTEPS, A, B):
    def step(_, state):
        A, B = state
        B = B.at[1:-1, 1:-1, 1:-1].set(sweep(A))
        A = A.at[1:-1, 1:-1, 1:-1].set(sweep(B))
        return A, B

    return lax.fori_loop(1, TSTEPS, step, (A, B))

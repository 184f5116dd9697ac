"""ludcmp of PolyBench/C 4.2: the decomposition of `lu`, then JAX's own triangular solvers."""
import jax.numpy as jnp
from jax import lax
from jax.scipy.linalg import solve_triangular


def ludcmp(A, b):
    places = jnp.arange(A.shape[0])

    def eliminate(k, A):
        below = places > k
        column = jnp.where(below, A[:, k] / A[k, k], 0.0)
        A = A - jnp.outer(column, jnp.where(below, A[k], 0.0))
        return A.at[:, k].set(jnp.where(below, column, A[:, k]))

    A = lax.fori_loop(0, A.shape[0] - 1, eliminate, A)
    y = solve_triangular(A, b, lower=True, unit_diagonal=True)
    return A, solve_triangular(A, y), y

"""lu of PolyBench/C 4.2: one rank-one update of the rest for each column."""
import jax.numpy as jnp
from jax import lax


def lu(A):
    places = jnp.arange(A.shape[0])

    def eliminate(k, A):
        below = places > k
        column = jnp.where(below, A[:, k] / A[k, k], 0.0)
        A = A - jnp.outer(column, jnp.where(below, A[k], 0.0))
        return A.at[:, k].set(jnp.where(below, column, A[:, k]))

    return lax.fori_loop(0, A.shape[0] - 1, eliminate, A)

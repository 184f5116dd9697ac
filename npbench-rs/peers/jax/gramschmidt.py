"""gramschmidt of PolyBench/C 4.2: all columns to the right at once."""
import jax.numpy as jnp
from jax import lax


def gramschmidt(A):
    places = jnp.arange(A.shape[1])

    def step(k, state):
        A, Q, R = state
        norm = jnp.sqrt(A[:, k] @ A[:, k])
        q = A[:, k] / norm
        row = jnp.where(places > k, q @ A, 0.0)
        return A - jnp.outer(q, row), Q.at[:, k].set(q), R.at[k].set(row.at[k].set(norm))

    state = (A, jnp.zeros_like(A), jnp.zeros((A.shape[1], A.shape[1])))
    return lax.fori_loop(0, A.shape[1], step, state)

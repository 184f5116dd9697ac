"""From the "5 minute guide" of Numba."""
import jax.numpy as jnp


def go_fast(a):
    return a + jnp.tanh(jnp.diagonal(a)).sum()

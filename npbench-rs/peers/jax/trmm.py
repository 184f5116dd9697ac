"""trmm of PolyBench/C 4.2 by one whole product."""
import jax.numpy as jnp


def trmm(alpha, A, B):
    return alpha * (B + jnp.tril(A, -1).T @ B)

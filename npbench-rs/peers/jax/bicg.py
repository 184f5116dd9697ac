"""bicg of PolyBench/C 4.2."""
import jax.numpy as jnp


def bicg(A, p, r):
    return r @ A, A @ p

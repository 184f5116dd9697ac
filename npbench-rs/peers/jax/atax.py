"""atax of PolyBench/C 4.2."""
import jax.numpy as jnp


def atax(A, x):
    return (A @ x) @ A

"""3mm of PolyBench/C 4.2."""
import jax.numpy as jnp


def k3mm(A, B, C, D):
    return A @ B @ C @ D

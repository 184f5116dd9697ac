"""2mm of PolyBench/C 4.2."""
import jax.numpy as jnp


def k2mm(alpha, beta, A, B, C, D):
    return alpha * A @ B @ C + beta * D

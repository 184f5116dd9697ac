"""gesummv of PolyBench/C 4.2."""
import jax.numpy as jnp


def gesummv(alpha, beta, A, B, x):
    return alpha * A @ x + beta * B @ x

"""From "Cython for NumPy users"."""
import jax.numpy as jnp


def compute(array_1, array_2, a, b, c):
    return jnp.clip(array_1, 2, 10) * a + array_2 * b + c

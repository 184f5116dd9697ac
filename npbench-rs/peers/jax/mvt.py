"""mvt of PolyBench/C 4.2."""
import jax.numpy as jnp


def mvt(x1, x2, y_1, y_2, A):
    return x1 + A @ y_1, x2 + y_2 @ A

"""Mandelbrot set: in each step all points that have not left, until none is left."""
import jax.numpy as jnp
from jax import lax


def mandelbrot2(xmin, xmax, ymin, ymax, xn, yn, itermax, horizon):
    C = jnp.linspace(xmin, xmax, xn) + jnp.linspace(ymin, ymax, yn)[:, None] * 1j

    def step(state):
        i, Z, N = state
        Z = jnp.where(N == 0, Z * Z + C, Z)
        return i + 1, Z, jnp.where((N == 0) & (jnp.abs(Z) > horizon), i + 1, N)

    def unfinished(state):
        i, _, N = state
        return (i < itermax) & (N == 0).any()

    start = jnp.zeros((), jnp.int64), jnp.zeros_like(C), jnp.zeros(C.shape, jnp.int64)
    _, Z, N = lax.while_loop(unfinished, step, start)
    return jnp.where(N > 0, Z, 0), N

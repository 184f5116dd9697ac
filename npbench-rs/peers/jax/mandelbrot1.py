"""Mandelbrot set, all points in each step."""
import jax.numpy as jnp
from jax import lax


def mandelbrot1(xmin, xmax, ymin, ymax, xn, yn, maxiter, horizon):
    X = jnp.linspace(xmin, xmax, xn)
    Y = jnp.linspace(ymin, ymax, yn)
    C = X + Y[:, None] * 1j

    def step(n, state):
        Z, N = state
        inside = jnp.abs(Z) < horizon
        return jnp.where(inside, Z**2 + C, Z), jnp.where(inside, n, N)

    Z, N = lax.fori_loop(0, maxiter, step, (jnp.zeros_like(C), jnp.zeros(C.shape, jnp.int64)))
    return Z, jnp.where(N == maxiter - 1, 0, N)

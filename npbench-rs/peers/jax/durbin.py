"""durbin of PolyBench/C 4.2: arrays of full length, of which each step takes as much as there is."""
import jax.numpy as jnp
from jax import lax


def durbin(r):
    n = r.shape[0]
    places = jnp.arange(n)

    def flipped(x, k):
        # x[k - 1], ..., x[0], then zeros.
        window = lax.dynamic_slice(jnp.concatenate([x[::-1], jnp.zeros_like(x)]), (n - k,), (n,))
        return jnp.where(places < k, window, 0.0)

    def step(k, state):
        y, alpha, beta = state
        beta = beta * (1.0 - alpha * alpha)
        alpha = -(r[k] + flipped(r, k) @ y) / beta
        y = y + alpha * flipped(y, k)
        return y.at[k].set(alpha), alpha, beta

    y = jnp.zeros_like(r).at[0].set(-r[0])
    return lax.fori_loop(1, n, step, (y, -r[0], jnp.ones((), r.dtype)))[0]

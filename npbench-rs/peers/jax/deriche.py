"""deriche of PolyBench/C 4.2: the recursions are scans along the columns, then along the rows."""
import jax.numpy as jnp
from jax import lax


def recursion(right, b1, b2, reverse):
    def step(state, right):
        last, before = state
        value = right + b1 * last + b2 * before
        return (value, last), value

    zeros = jnp.zeros_like(right[0])
    return lax.scan(step, (zeros, zeros), right, reverse=reverse)[1]


def both_ways(x, near, far, ahead, further, b1, b2):
    zero = jnp.zeros((1, x.shape[1]))
    forth = near * x + far * jnp.concatenate([zero, x[:-1]])
    after = jnp.concatenate([x[1:], zero])
    back = ahead * after + further * jnp.concatenate([after[1:], zero])
    return recursion(forth, b1, b2, False) + recursion(back, b1, b2, True)


def deriche(alpha, imgIn):
    k = (1.0 - jnp.exp(-alpha))**2 / (1.0 + alpha * jnp.exp(-alpha) - jnp.exp(2.0 * alpha))
    a2 = k * jnp.exp(-alpha) * (alpha - 1.0)
    a3 = k * jnp.exp(-alpha) * (alpha + 1.0)
    a4 = -k * jnp.exp(-2.0 * alpha)
    b1, b2 = 2.0**(-alpha), -jnp.exp(-2.0 * alpha)
    return both_ways(both_ways(imgIn.T, k, a2, a3, a4, b1, b2).T, k, a2, a3, a4, b1, b2)

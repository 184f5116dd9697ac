"""Vertical advection of the COSMO weather model: scans over the levels."""
import jax.numpy as jnp
from jax import lax


def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    levels = [jnp.moveaxis(x, 2, 0) for x in (utens_stage, u_stage, u_pos, utens)]
    stage, u, pos, tend = levels
    w = jnp.moveaxis(wcon, 2, 0)
    # Between the levels k - 1 and k.
    g = jnp.pad(0.25 * (w[1:, 1:] + w[1:, :-1]), ((1, 0), (0, 0), (0, 0)))
    down = jnp.pad(u[:-1] - u[1:], ((1, 0), (0, 0), (0, 0)))
    ga = -g
    gc = jnp.pad(g[1:], ((0, 1), (0, 0), (0, 0)))
    up = jnp.pad(u[1:] - u[:-1], ((0, 1), (0, 0), (0, 0)))
    a, c = ga * 0.5, gc * 0.5
    b = dtr_stage - a - c
    right = dtr_stage * pos + tend + stage - a * down - c * up

    def forward(state, level):
        above_c, above_d = state
        a, b, c, d = level
        divided = 1.0 / (b - above_c * a)
        state = c * divided, (d - above_d * a) * divided
        return state, state

    def backward(x, level):
        c, d = level
        x = d - c * x
        return x, x

    zero = jnp.zeros_like(u[0])
    _, columns = lax.scan(forward, (zero, zero), (a, b, c, right))
    _, x = lax.scan(backward, zero, columns, reverse=True)
    return jnp.moveaxis(dtr_stage * (x - pos), 0, 2)

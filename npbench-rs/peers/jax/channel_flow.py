"""Channel flow, step 12 of "CFD Python" by Barba and Forsyth: periodic neighbours are rolls."""
import jax.numpy as jnp
from jax import lax


def left(x):
    return jnp.roll(x, 1, axis=1)[1:-1]


def right(x):
    return jnp.roll(x, -1, axis=1)[1:-1]


def channel_flow(nit, u, v, dt, dx, dy, p, rho, nu, F):
    def source(u, v):
        ux, vx = (right(u) - left(u)) / (2 * dx), (right(v) - left(v)) / (2 * dx)
        uy, vy = (u[2:] - u[:-2]) / (2 * dy), (v[2:] - v[:-2]) / (2 * dy)
        return rho * (1 / dt * (ux + vy) - ux**2 - 2 * uy * vx - vy**2)

    def relax(b):
        def sweep(_, p):
            inner = (((right(p) + left(p)) * dy**2 + (p[2:] + p[:-2]) * dx**2) /
                     (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b)
            return jnp.concatenate([inner[:1], inner, inner[-1:]])

        return sweep

    def moved(x, u, v, force):
        inner = x[1:-1]
        inner = (inner - u[1:-1] * dt / dx * (inner - left(x)) - v[1:-1] * dt / dy * (inner - x[:-2]) - force +
                 nu * (dt / dx**2 * (right(x) - 2 * inner + left(x)) +
                       dt / dy**2 * (x[2:] - 2 * inner + x[:-2])))
        return jnp.pad(inner, ((1, 1), (0, 0)))

    def step(state):
        u, v, p, _, count = state
        p = lax.fori_loop(0, nit, relax(source(u, v)), p)
        new_u = moved(u, u, v, dt / (2 * rho * dx) * (right(p) - left(p)) - F * dt)
        new_v = moved(v, u, v, dt / (2 * rho * dy) * (p[2:] - p[:-2]))
        change = (jnp.sum(new_u) - jnp.sum(u)) / jnp.sum(new_u)
        return new_u, new_v, p, change, count + 1

    state = (u, v, p, jnp.ones(()), jnp.zeros((), jnp.int64))
    u, v, p, _, count = lax.while_loop(lambda state: state[3] > 0.001, step, state)
    return u, v, p, count

"""Cavity flow, step 11 of "CFD Python" by Barba and Forsyth."""
import jax.numpy as jnp
from jax import lax


def inner(x):
    return x[1:-1, 1:-1]


def left(x):
    return x[1:-1, :-2]


def right(x):
    return x[1:-1, 2:]


def below(x):
    return x[:-2, 1:-1]


def above(x):
    return x[2:, 1:-1]


def cavity_flow(nx, ny, nt, nit, u, v, dt, dx, dy, p, rho, nu):
    def source(u, v):
        ux, vx = (right(u) - left(u)) / (2 * dx), (right(v) - left(v)) / (2 * dx)
        uy, vy = (above(u) - below(u)) / (2 * dy), (above(v) - below(v)) / (2 * dy)
        return rho * (1 / dt * (ux + vy) - ux**2 - 2 * uy * vx - vy**2)

    def relax(b):
        def sweep(_, p):
            values = (((right(p) + left(p)) * dy**2 + (above(p) + below(p)) * dx**2) /
                      (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b)
            p = p.at[1:-1, 1:-1].set(values)
            p = p.at[:, -1].set(p[:, -2])
            p = p.at[0].set(p[1])
            p = p.at[:, 0].set(p[:, 1])
            return p.at[-1].set(0.0)

        return sweep

    def moved(x, u, v, force):
        return (inner(x) - inner(u) * dt / dx * (inner(x) - left(x)) -
                inner(v) * dt / dy * (inner(x) - below(x)) - force +
                nu * (dt / dx**2 * (right(x) - 2 * inner(x) + left(x)) +
                      dt / dy**2 * (above(x) - 2 * inner(x) + below(x))))

    def step(_, state):
        u, v, p = state
        p = lax.fori_loop(0, nit, relax(source(u, v)), p)
        inner_u = moved(u, u, v, dt / (2 * rho * dx) * (right(p) - left(p)))
        inner_v = moved(v, u, v, dt / (2 * rho * dy) * (above(p) - below(p)))
        u, v = jnp.pad(inner_u, 1), jnp.pad(inner_v, 1)
        return u.at[-1].set(1.0), v, p

    return lax.fori_loop(0, nt, step, (u, v, p))

"""Orbits of stars, after Philip Mocz."""
import jax.numpy as jnp
from jax import lax


def separations(pos):
    return [pos[:, axis][None, :] - pos[:, axis][:, None] for axis in range(3)]


def acceleration(pos, mass, G, softening):
    d = separations(pos)
    squares = d[0]**2 + d[1]**2 + d[2]**2 + softening**2
    weights = jnp.where(squares > 0, squares, 1.0)**(-1.5)
    weights = jnp.where(squares > 0, weights, squares)
    return jnp.hstack([G * (x * weights) @ mass for x in d])


def energy(pos, vel, mass, G):
    d = separations(pos)
    r = jnp.sqrt(d[0]**2 + d[1]**2 + d[2]**2)
    inverse = jnp.where(r > 0, 1.0 / jnp.where(r > 0, r, 1.0), r)
    return 0.5 * jnp.sum(mass * vel**2), G * jnp.sum(jnp.triu(-(mass * mass.T) * inverse, 1))


def nbody(mass, pos, vel, N, Nt, dt, G, softening):
    vel = vel - jnp.mean(mass * vel, axis=0) / jnp.mean(mass)
    first = energy(pos, vel, mass, G)

    def step(state, _):
        pos, vel, acc = state
        vel = vel + acc * dt / 2.0
        pos = pos + vel * dt
        acc = acceleration(pos, mass, G, softening)
        vel = vel + acc * dt / 2.0
        return (pos, vel, acc), energy(pos, vel, mass, G)

    start = (pos, vel, acceleration(pos, mass, G, softening))
    (pos, vel, _), (KE, PE) = lax.scan(step, start, None, length=Nt)
    return pos, vel, jnp.append(first[0], KE), jnp.append(first[1], PE)

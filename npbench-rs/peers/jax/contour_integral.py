"""Contour integral of OMEN, all points at once."""
import jax.numpy as jnp


def contour_integral(NR, NM, slab_per_bc, Ham, int_pts, Y):
    powers = slab_per_bc / 2 - jnp.arange(slab_per_bc + 1)
    Tz = jnp.einsum("zn,nij->zij", int_pts[:, None]**powers, Ham)
    X = jnp.linalg.inv(Tz) if NR == NM else jnp.linalg.solve(Tz, Y[None])
    X = jnp.where(jnp.abs(int_pts)[:, None, None] < 1.0, -X, X)
    return X.sum(axis=0), (int_pts[:, None, None] * X).sum(axis=0)

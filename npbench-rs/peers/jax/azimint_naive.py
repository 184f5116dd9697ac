"""Azimuthal integration, one mask for each bin."""
import jax.numpy as jnp
from jax import lax


def azimint_naive(data, radius, npt):
    # JAX turns a division by a constant into a product, whose roundings would move the points at the edges.
    bins = lax.optimization_barrier(jnp.asarray(npt, radius.dtype))
    rmax = radius.max()

    def mean(i):
        mask = (rmax * i / bins <= radius) & (radius < rmax * (i + 1) / bins)
        return jnp.where(mask, data, 0.0).sum() / mask.sum()

    return lax.map(mean, jnp.arange(npt))

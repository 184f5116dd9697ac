"""Azimuthal integration, one mask for each bin."""
import jax.numpy as jnp
from jax import lax


def azimint_naive(data, radius, npt):
    rmax = radius.max()

    def mean(i):
        mask = (rmax * i / npt <= radius) & (radius < rmax * (i + 1) / npt)
        return jnp.where(mask, data, 0.0).sum() / mask.sum()

    return lax.map(mean, jnp.arange(npt))

"""Horizontal diffusion of the COSMO weather model."""
import jax.numpy as jnp


def hdiff(in_field, out_field, coeff):
    I, J, _ = out_field.shape
    lap = 4.0 * in_field[1:I + 3, 1:J + 3] - (in_field[2:I + 4, 1:J + 3] + in_field[0:I + 2, 1:J + 3] +
                                              in_field[1:I + 3, 2:J + 4] + in_field[1:I + 3, 0:J + 2])
    res = lap[1:, 1:J + 1] - lap[:-1, 1:J + 1]
    flx = jnp.where(res * (in_field[2:I + 3, 2:J + 2] - in_field[1:I + 2, 2:J + 2]) > 0, 0.0, res)
    res = lap[1:I + 1, 1:] - lap[1:I + 1, :-1]
    fly = jnp.where(res * (in_field[2:I + 2, 2:J + 3] - in_field[2:I + 2, 1:J + 2]) > 0, 0.0, res)
    return in_field[2:I + 2, 2:J + 2] - coeff * (flx[1:] - flx[:-1] + fly[:, 1:] - fly[:, :-1])

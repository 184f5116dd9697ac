"""Sparse matrix-vector product by a sum over the segments of rows."""
import jax
import jax.numpy as jnp


def spmv(A_row, A_col, A_val, x):
    rows = A_row.size - 1
    row = jnp.repeat(jnp.arange(rows), jnp.diff(A_row), total_repeat_length=A_val.size)
    return jax.ops.segment_sum(A_val * x[A_col], row, rows, indices_are_sorted=True)

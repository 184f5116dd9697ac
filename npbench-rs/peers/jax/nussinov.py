"""nussinov of PolyBench/C 4.2: the inner maximum over a whole row and column, masked."""
import jax.numpy as jnp
from jax import lax


def nussinov(N, seq):
    places = jnp.arange(N)

    def point(j, state):
        i, table = state
        pair = jnp.where((i < j - 1) & (seq[i] + seq[j] == 3), 1, 0).astype(jnp.int32)
        split = table[i] + jnp.roll(table[:, j], -1)
        split = jnp.where((i < places) & (places < j), split, 0).max()
        best = jnp.maximum(jnp.maximum(table[i, j - 1], split), 0)
        inner = jnp.maximum(table[i + 1, j], table[i + 1, j - 1] + pair)
        best = jnp.maximum(best, jnp.where(i + 1 < N, inner, 0))
        return i, table.at[i, j].set(best)

    def row(step, table):
        i = N - 1 - step
        return lax.fori_loop(i + 1, N, point, (i, table))[1]

    return lax.fori_loop(0, N, row, jnp.zeros((N, N), jnp.int32))

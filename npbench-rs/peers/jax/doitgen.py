"""doitgen of PolyBench/C 4.2."""
import jax.numpy as jnp


def doitgen(NR, NQ, NP, A, C4):
    return A @ C4

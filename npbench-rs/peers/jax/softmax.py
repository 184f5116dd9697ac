"""Softmax over the last axis."""
import jax.numpy as jnp


def softmax(x):
    exponentials = jnp.exp(x - jnp.max(x, axis=-1, keepdims=True))
    return exponentials / jnp.sum(exponentials, axis=-1, keepdims=True)

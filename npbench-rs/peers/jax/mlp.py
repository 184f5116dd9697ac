"""A perceptron of three layers."""
import jax.numpy as jnp


def relu(x):
    return jnp.maximum(x, 0)


def softmax(x):
    exponentials = jnp.exp(x - jnp.max(x, axis=-1, keepdims=True))
    return exponentials / jnp.sum(exponentials, axis=-1, keepdims=True)


def mlp(input, w1, b1, w2, b2, w3, b3):
    return softmax(relu(relu(input @ w1 + b1) @ w2 + b2) @ w3 + b3)

"""A bottleneck block of ResNet-50 by JAX's own convolution."""
import jax.numpy as jnp
from jax import lax


def conv2d(x, weights):
    return lax.conv_general_dilated(x, weights, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def batchnorm2d(x):
    mean = jnp.mean(x, axis=0, keepdims=True)
    std = jnp.std(x, axis=0, keepdims=True)
    return (x - mean) / jnp.sqrt(std + 1e-5)


def relu(x):
    return jnp.maximum(x, 0)


def resnet(input, conv1, conv2, conv3):
    padded = jnp.pad(conv2d(input, conv1), ((0, 0), (1, 1), (1, 1), (0, 0)))
    x = relu(batchnorm2d(padded))
    x = relu(batchnorm2d(conv2d(x, conv2)))
    return relu(batchnorm2d(conv2d(x, conv3)) + input)

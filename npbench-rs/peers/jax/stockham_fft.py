"""Fast Fourier transform by the Stockham algorithm: the steps are unrolled, as their shapes differ."""
import jax.numpy as jnp


def roots(rows, columns, order):
    """The powers of the root of unity of an order."""
    return jnp.exp(-2.0j * jnp.pi * jnp.arange(rows)[:, None] * jnp.arange(columns) / order)


def stockham_fft(N, R, K, x, y):
    butterfly = roots(R, R, R)
    y = x
    for i in range(K):
        permuted = jnp.transpose(jnp.reshape(y, (R**i, R, R**(K - i - 1))), (1, 0, 2))
        twiddled = permuted * roots(R, R**i, R**(i + 1))[:, :, None]
        # As sums of products: JAX's own product of complex matrices is slow where one is small.
        columns = jnp.reshape(twiddled, (R, R**(K - 1)))
        y = jnp.reshape(sum(butterfly[:, j, None] * columns[j] for j in range(R)), (N,))
    return y

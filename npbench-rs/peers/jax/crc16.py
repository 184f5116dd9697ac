"""CRC-16-CCITT, bit by bit."""
import jax.numpy as jnp
from jax import lax


def crc16(data, poly):
    def byte(crc, value):
        for _ in range(8):
            odd = (crc ^ value) & 1
            crc = (crc >> 1) ^ jnp.where(odd == 1, poly, 0)
            value >>= 1
        return crc, None

    crc, _ = lax.scan(byte, jnp.full((), 0xFFFF, jnp.int64), data.astype(jnp.int64))
    crc = ~crc & 0xFFFF
    return ((crc << 8) | ((crc >> 8) & 0xFF)) & 0xFFFF

"""Scattering self-energies of OMEN, one contraction for each energy difference."""
import jax.numpy as jnp


def scattering_self_energies(neigh_idx, dH, G, D, Sigma):
    NE = G.shape[1]
    for w in range(D.shape[1]):
        neighbours = G[:, :NE - w][:, :, neigh_idx]
        change = jnp.einsum("keabxy,abiyz,abjzv,qabij->keaxv", neighbours, dH, dH, D[:, w], optimize="optimal")
        Sigma = Sigma.at[:, w:].add(change)
    return Sigma

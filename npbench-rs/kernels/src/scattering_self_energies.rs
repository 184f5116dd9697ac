//! Scattering self-energies of electrons in the quantum transport simulator OMEN. After Ziogas et al.,
//! "A data-centric approach to extreme-scale ab initio dissipative quantum transport simulations", SC19.

use dace::dace;

dace! {
    def scattering_self_energies(neigh_idx: int32[NA, NB],
                                 dH: complex128[NA, NB, N3D, Norb, Norb],
                                 G: complex128[Nkz, NE, NA, Norb, Norb],
                                 D: complex128[Nqz, Nw, NA, NB, N3D, N3D],
                                 Sigma: complex128[Nkz, NE, NA, Norb, Norb]):
        for k in range(G.shape[0]):
            for E in range(G.shape[1]):
                for q in range(D.shape[0]):
                    for w in range(D.shape[1]):
                        for i in range(D.shape[-2]):
                            for j in range(D.shape[-1]):
                                for a in range(neigh_idx.shape[0]):
                                    for b in range(neigh_idx.shape[1]):
                                        if E - w >= 0:
                                            dHG = G[k, E - w, neigh_idx[a, b]] @ dH[a, b, i]
                                            dHD = dH[a, b, j] * D[q, w, a, b, i, j]
                                            Sigma[k, E, a] += dHG @ dHD
}

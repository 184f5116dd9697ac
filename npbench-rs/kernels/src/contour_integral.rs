//! Moments of a contour integral over the inverse of a matrix polynomial, for the open boundaries of the quantum
//! transport simulator OMEN. After Ziogas et al., "A data-centric approach to extreme-scale ab initio dissipative
//! quantum transport simulations", SC19.

use dace::dace;

dace! {
    def contour_integral(NR: int64, NM: int64, slab_per_bc: int64,
                         Ham: complex128[slab_per_bc + 1, NR, NR], int_pts: complex128[num_int_pts],
                         Y: complex128[NR, NM]):
        P0 = np.zeros((NR, NM), dtype=np.complex128)
        P1 = np.zeros((NR, NM), dtype=np.complex128)
        for z in int_pts:
            Tz = np.zeros((NR, NR), dtype=np.complex128)
            for n in range(slab_per_bc + 1):
                zz = np.power(z, slab_per_bc / 2 - n)
                Tz += zz * Ham[n]
            if NR == NM:
                X = np.linalg.inv(Tz)
            else:
                X = np.linalg.solve(Tz, Y)
            if abs(z) < 1.0:
                X = -X
            P0 += X
            P1 += z * X

        return P0, P1
}

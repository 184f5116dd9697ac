//! Flow in a cavity under a moving lid: the Navier-Stokes equations in two dimensions. After Lorena A. Barba and Gilbert F.
//! Forsyth, "CFD Python: the 12 steps to Navier-Stokes equations", Journal of Open Source Education 1(9), 2018, step 11
//! (CC-BY 4.0, code BSD-3).

use dace::dace;

dace! {
    def build_up_b(b, rho, dt, u, v, dx, dy):

        b[1:-1,
          1:-1] = (rho * (1 / dt * ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx) +
                                    (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)) -
                          ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx))**2 - 2 *
                          ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) *
                           (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx)) -
                          ((v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))**2))

    def pressure_poisson(nit, p, dx, dy, b):
        pn = np.empty_like(p)
        pn = p.copy()

        for q in range(nit):
            pn = p.copy()
            p[1:-1, 1:-1] = (((pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 +
                              (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2) /
                             (2 * (dx**2 + dy**2)) - dx**2 * dy**2 /
                             (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1])

            p[:, -1] = p[:, -2]  # dp/dx = 0 at x = 2
            p[0, :] = p[1, :]  # dp/dy = 0 at y = 0
            p[:, 0] = p[:, 1]  # dp/dx = 0 at x = 0
            p[-1, :] = 0  # p = 0 at y = 2

    def cavity_flow(nx: int64, ny: int64, nt: int64, nit: int64, u: float64[ny, nx], v: float64[ny, nx],
                    dt: float64, dx: float64, dy: float64, p: float64[ny, nx], rho: float64, nu: float64):
        un = np.empty_like(u)
        vn = np.empty_like(v)
        b = np.zeros((ny, nx))

        for n in range(nt):
            un = u.copy()
            vn = v.copy()

            build_up_b(b, rho, dt, u, v, dx, dy)
            pressure_poisson(nit, p, dx, dy, b)

            u[1:-1,
              1:-1] = (un[1:-1, 1:-1] - un[1:-1, 1:-1] * dt / dx *
                       (un[1:-1, 1:-1] - un[1:-1, 0:-2]) -
                       vn[1:-1, 1:-1] * dt / dy *
                       (un[1:-1, 1:-1] - un[0:-2, 1:-1]) - dt / (2 * rho * dx) *
                       (p[1:-1, 2:] - p[1:-1, 0:-2]) + nu *
                       (dt / dx**2 *
                        (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2]) +
                        dt / dy**2 *
                        (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])))

            v[1:-1,
              1:-1] = (vn[1:-1, 1:-1] - un[1:-1, 1:-1] * dt / dx *
                       (vn[1:-1, 1:-1] - vn[1:-1, 0:-2]) -
                       vn[1:-1, 1:-1] * dt / dy *
                       (vn[1:-1, 1:-1] - vn[0:-2, 1:-1]) - dt / (2 * rho * dy) *
                       (p[2:, 1:-1] - p[0:-2, 1:-1]) + nu *
                       (dt / dx**2 *
                        (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, 0:-2]) +
                        dt / dy**2 *
                        (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[0:-2, 1:-1])))

            u[0, :] = 0
            u[:, 0] = 0
            u[:, -1] = 0
            u[-1, :] = 1  # set velocity on cavity lid equal to 1
            v[0, :] = 0
            v[-1, :] = 0
            v[:, 0] = 0
            v[:, -1] = 0
}

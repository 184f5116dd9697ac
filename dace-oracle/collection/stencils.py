#: n=3
def laplace(A: float64[N, M], n: int64):
    for t in range(n):
        B = A.copy()
        A[1:-1, 1:-1] = (B[:-2, 1:-1] + B[2:, 1:-1] + B[1:-1, :-2] + B[1:-1, 2:]) / 4

#: A=0..2 n=2
def game_of_life(A: int32[N, M], n: int64):
    for step in range(n):
        neighbours = np.zeros((N, M), dtype=np.int32)
        neighbours[1:-1, 1:-1] = (A[:-2, :-2] + A[:-2, 1:-1] + A[:-2, 2:] + A[1:-1, :-2]
                                  + A[1:-1, 2:] + A[2:, :-2] + A[2:, 1:-1] + A[2:, 2:])
        A[:] = np.where((neighbours == 3) | ((A == 1) & (neighbours == 2)), 1, 0)

#: A=0..2
def life_with_wrapping(A: uint8[N, M]):
    new = np.empty_like(A)
    for i in range(N):
        for j in range(M):
            count = 0
            for di in range(-1, 2):
                for dj in range(-1, 2):
                    if di != 0 or dj != 0:
                        count += A[(i + di) % N, (j + dj) % M]
            if count == 3 or (A[i, j] and count == 2):
                new[i, j] = 1
            else:
                new[i, j] = 0
    return new

#:
def shallow_water(h: float64[N, M], u: float64[N + 1, M], v: float64[N, M + 1], dt: float64, g: float64 = 9.81):
    u[1:-1, :] -= dt * g * (h[1:, :] - h[:-1, :])
    v[:, 1:-1] -= dt * g * (h[:, 1:] - h[:, :-1])
    h -= dt * (u[1:] - u[:-1] + v[:, 1:] - v[:, :-1])

#:
def upwind_advection(q: float64[N], u: float64[N + 1], dt: float64):
    flux = np.zeros(N + 1)
    for i in range(1, N):
        flux[i] = u[i] * q[i - 1] if u[i] > 0 else u[i] * q[i]
    q[:] = q - dt * (flux[1:] - flux[:-1])

#: n=4
def red_black_sor(A: float64[N, N], omega: float64, n: int64):
    for it in range(n):
        for colour in range(2):
            for i in range(1, N - 1):
                for j in range(1 + (i + colour) % 2, N - 1, 2):
                    A[i, j] += omega * (0.25 * (A[i - 1, j] + A[i + 1, j] + A[i, j - 1] + A[i, j + 1]) - A[i, j])

#:
def red_black_slices(A: float64[2 * N, 2 * N]):
    A[1:-1:2, 1:-1:2] = (A[:-2:2, 1:-1:2] + A[2::2, 1:-1:2]) / 2
    A[2:-1:2, 2:-1:2] = (A[1:-2:2, 2:-1:2] + A[3::2, 2:-1:2]) / 2

#:
def wave(u: float64[N], u_old: float64[N], c: float32):
    u_new = 2 * u - u_old
    u_new[1:-1] += c**2 * np.diff(u, 2)
    u_new[0] = u_new[-1] = 0
    return u_new

#:
def lattice_boltzmann_collision(f: float64[9, N, M], tau: float64):
    w = np.array([4 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 36, 1 / 36, 1 / 36, 1 / 36])
    cx = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1])
    cy = np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])
    f = np.abs(f) + 1.0
    rho = np.sum(f, axis=0)
    ux = np.sum(f * cx[:, None, None], axis=0) / rho
    uy = np.sum(f * cy[:, np.newaxis, np.newaxis], axis=0) / rho
    for k in range(9):
        cu = 3 * (cx[k] * ux + cy[k] * uy)
        feq = rho * w[k] * (1 + cu + 0.5 * cu**2 - 1.5 * (ux**2 + uy**2))
        f[k] += (feq - f[k]) / tau
    return f

#:
def lattice_boltzmann_streaming(f: float64[9, N, M]):
    cx = [0, 1, 0, -1, 0, 1, -1, -1, 1]
    cy = [0, 0, 1, 0, -1, 1, 1, -1, -1]
    for k in range(9):
        f[k] = np.roll(np.roll(f[k], cx[k], axis=0), cy[k], axis=1)

#:
def sobel(image: float32[H, W]):
    gx = np.zeros_like(image)
    gy = np.zeros_like(image)
    gx[1:-1, 1:-1] = (image[:-2, 2:] + 2 * image[1:-1, 2:] + image[2:, 2:]
                      - image[:-2, :-2] - 2 * image[1:-1, :-2] - image[2:, :-2])
    gy[1:-1, 1:-1] = (image[2:, :-2] + 2 * image[2:, 1:-1] + image[2:, 2:]
                      - image[:-2, :-2] - 2 * image[:-2, 1:-1] - image[:-2, 2:])
    return np.sqrt(gx**2 + gy**2)

#:
def median_of_three(x: float64[N]):
    y = x.copy()
    for i in range(1, N - 1):
        a, b, c = x[i - 1], x[i], x[i + 1]
        y[i] = max(min(a, b), min(max(a, b), c))
    return y

#:
def box_filter(image: float64[H, W]):
    out = np.zeros((H, W))
    for dy in range(3):
        for dx in range(3):
            out[1:-1, 1:-1] += image[dy:H - 2 + dy, dx:W - 2 + dx]
    return out / 9.0

#: image=0..256
def grey(image: uint8[H, W, 3]):
    return (0.299 * image[..., 0] + 0.587 * image[..., 1] + 0.114 * image[..., 2]).astype(np.uint8)

#: image=0..256
def invert_and_threshold(image: uint8[H, W], level: uint8):
    image[...] = 255 - image
    image[image > level] = 0
    return image.sum(), (image == 0).sum()

#:
def bilinear_upscale(image: float64[H, W]):
    out = np.zeros((2 * H, 2 * W))
    out[::2, ::2] = image
    out[1:-1:2, ::2] = 0.5 * (image[:-1] + image[1:])
    out[:, 1:-1:2] = 0.5 * (out[:, :-2:2] + out[:, 2::2])
    out[-1] = out[-2]
    out[:, -1] = out[:, -2]
    return out

#:
def pooling(x: float32[4, 2 * N, 2 * M]):
    return x.reshape(4, N, 2, M, 2).max(axis=(2, 4))

#:
def restrict_and_prolong(r: float64[2 * N + 1]):
    coarse = np.zeros(N + 1)
    coarse[1:-1] = 0.25 * (r[1:-3:2] + 2 * r[2:-2:2] + r[3:-1:2])
    fine = np.zeros(2 * N + 1)
    fine[::2] = coarse
    fine[1::2] = 0.5 * (coarse[1:] + coarse[:-1])
    return fine

#: n=2
def heat_periodic(u: float64[N, N, N], n: int64):
    for _ in range(n):
        u[:] = u + 0.1 * (np.roll(u, 1, 0) + np.roll(u, -1, 0) + np.roll(u, 1, 1) + np.roll(u, -1, 1)
                          + np.roll(u, 1, 2) + np.roll(u, -1, 2) - 6 * u)

#:
def gradient(f: float64[N, M], h: float64 = 0.5):
    gx = np.empty((N, M))
    gx[1:-1] = (f[2:] - f[:-2]) / (2 * h)
    gx[0] = (f[1] - f[0]) / h
    gx[-1] = (f[-1] - f[-2]) / h
    return gx

#:
def fdtd_maps(E: float64[N, M], H: float64[N, M]):
    for i, j in dace.map[1:N, 0:M]:
        E[i, j] = E[i, j] - 0.5 * (H[i, j] - H[i - 1, j])
    for i, j in dace.map[0:N - 1, 0:M]:
        H[i, j] = H[i, j] - 0.7 * (E[i + 1, j] - E[i, j])

#:
def erode(A: bool[N, M]):
    inner = A[1:-1, 1:-1] & A[:-2, 1:-1] & A[2:, 1:-1] & A[1:-1, :-2] & A[1:-1, 2:]
    B = np.zeros_like(A)
    B[1:-1, 1:-1] = inner
    return B, ~B & A

#:
def integral_image(image: float64[H, W]):
    total = np.zeros((H + 1, W + 1))
    for i in range(H):
        for j in range(W):
            total[i + 1, j + 1] = image[i, j] + total[i, j + 1] + total[i + 1, j] - total[i, j]
    return total

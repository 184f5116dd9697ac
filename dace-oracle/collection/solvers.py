#: n=4
def jacobi_solver(A: float64[N, N], b: float64[N], n: int64):
    A = A + 10 * np.eye(N)
    x = np.zeros(N)
    D = np.diag(A)
    R = A - np.diagflat(D)
    for i in range(n):
        x = (b - R @ x) / D
    return x

#:
def conjugate_gradient(A: float64[N, N], b: float64[N]):
    S = A @ A.T + np.identity(N)
    x = np.zeros_like(b)
    r = b - S @ x
    p = r.copy()
    rs = r @ r
    for i in range(3):
        if rs < 1e-10:
            break
        Sp = S @ p
        alpha = rs / (p @ Sp)
        x += alpha * p
        r -= alpha * Sp
        new = np.dot(r, r)
        p = r + (new / rs) * p
        rs = new
    return x

#:
def power_iteration(A: float64[N, N]):
    v = np.ones(N) / np.sqrt(N)
    eigenvalue = 0.0
    S = A + A.T
    for _ in range(8):
        w = S @ v
        eigenvalue = np.dot(v, w)
        v = w / (np.linalg.norm(w) + 1e-12)
    return eigenvalue

#:
def thomas(a: float64[N], b: float64[N], c: float64[N], d: float64[N]):
    n = len(d)
    cp = np.zeros(n)
    dp = np.zeros(n)
    bb = np.abs(b) + 5.0
    cp[0] = c[0] / bb[0]
    dp[0] = d[0] / bb[0]
    for i in range(1, n):
        m = bb[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x

#:
def cholesky_loops(A: float64[N, N]):
    S = A @ A.T + N * np.eye(N)
    L = np.zeros_like(S)
    for i in range(N):
        for j in range(i + 1):
            s = S[i, j] - np.dot(L[i, :j], L[j, :j])
            if i == j:
                L[i, i] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return L

#:
def householder(A: float64[N, N]):
    R = A.copy()
    Q = np.eye(N)
    for k in range(N - 1):
        x = R[k:, k]
        alpha = -np.sign(x[0]) * np.linalg.norm(x)
        v = x.copy()
        v[0] -= alpha
        beta = v @ v
        if beta > 0:
            R[k:, :] -= (2 / beta) * np.outer(v, v @ R[k:, :])
            Q[:, k:] -= (2 / beta) * np.outer(Q[:, k:] @ v, v)
    return Q, R

#:
def gauss_pivoting(A: float64[N, N], b: float64[N]):
    for k in range(N):
        p = k + np.argmax(np.abs(A[k:, k]))
        if p != k:
            for j in range(N):
                A[k, j], A[p, j] = A[p, j], A[k, j]
            b[k], b[p] = b[p], b[k]
        for i in range(k + 1, N):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(N)
    for i in range(N - 1, -1, -1):
        x[i] = (b[i] - np.sum(A[i, i + 1:] * x[i + 1:])) / A[i, i]
    return x

#:
def row_swap(A: float64[N, M]):
    tmp = A[0].copy()
    A[0] = A[-1]
    A[-1] = tmp
    return A

#:
def lu_outer(A: float64[N, N]):
    B = A + 10 * np.eye(N)
    for k in range(N):
        B[k + 1:, k] /= B[k, k]
        B[k + 1:, k + 1:] -= np.outer(B[k + 1:, k], B[k, k + 1:])
    return np.tril(B, -1) + np.eye(N), np.triu(B)

#:
def newton_sqrt(x: float64):
    x = abs(x) + 0.5
    guess = x
    while abs(guess * guess - x) > 1e-9:
        guess = 0.5 * (guess + x / guess)
    return guess

#: n=30
def bisection(a: float64, b: float64, n: int64):
    lo, hi = -3.0, 3.0
    for _ in range(n):
        mid = (lo + hi) / 2
        if mid**3 - mid - 1 > 0:
            hi = mid
        else:
            lo = mid
    return lo

#:
def natural_spline(x: float64[N], y: float64[N]):
    h = np.ones(N - 1)
    alpha = np.zeros(N)
    for i in range(1, N - 1):
        alpha[i] = 3 / h[i] * (y[i + 1] - y[i]) - 3 / h[i - 1] * (y[i] - y[i - 1])
    l, mu, z = np.ones(N), np.zeros(N), np.zeros(N)
    for i in range(1, N - 1):
        l[i] = 2 * (h[i - 1] + h[i]) - h[i - 1] * mu[i - 1]
        mu[i] = h[i] / l[i]
        z[i] = (alpha[i] - h[i - 1] * z[i - 1]) / l[i]
    c = np.zeros(N)
    for j in range(N - 2, -1, -1):
        c[j] = z[j] - mu[j] * c[j + 1]
    return c

#: n=10
def runge_kutta(y: float64[2], n: int64, dt: float64 = 0.01):
    def derivative(y):
        return np.array([y[1], -y[0]])
    for _ in range(n):
        k1 = derivative(y)
        k2 = derivative(y + dt / 2 * k1)
        k3 = derivative(y + dt / 2 * k2)
        k4 = derivative(y + dt * k3)
        y += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

#: n=5
def lorenz(state: float64[3], out: float64[6, 3], n: int64):
    x, y, z = state[0], state[1], state[2]
    for i in range(n):
        dx = 10.0 * (y - x)
        dy = x * (28.0 - z) - y
        dz = x * y - 8.0 / 3.0 * z
        x, y, z = x + 0.01 * dx, y + 0.01 * dy, z + 0.01 * dz
        out[i, :] = x, y, z

#:
def kalman(z: float64[T], q: float64 = 1e-3, r: float64 = 0.1):
    x, p = 0.0, 1.0
    estimates = np.zeros(T)
    for t in range(T):
        p += q
        k = p / (p + r)
        x += k * (z[t] - x)
        p = (1 - k) * p
        estimates[t] = x
    return estimates

#:
def kalman_matrices(F: float64[N, N], H: float64[M, N], z: float64[M]):
    x = np.zeros(N)
    P = np.eye(N)
    x = F @ x
    P = F @ P @ F.T + 0.1 * np.eye(N)
    S = H @ P @ H.T + np.eye(M)
    K = P @ H.T @ np.linalg.inv(S)
    x = x + K @ (z - H @ x)
    P = (np.eye(N) - K @ H) @ P
    return x, P

#:
def least_squares(X: float64[N, 2], y: float64[N]):
    return np.linalg.solve(X.T @ X + 1e-3 * np.eye(2), X.T @ y)

#: n=10
def gradient_descent(X: float64[N, M], y: float64[N], n: int64):
    w = np.zeros(M)
    for _ in range(n):
        residual = X @ w - y
        w -= 0.01 * (X.T @ residual)
    return w, np.mean((X @ w - y) ** 2)

#:
def matrix_exponential(A: float64[N, N]):
    E = np.eye(N)
    term = np.eye(N)
    for k in range(1, 12):
        term = term @ A / k
        E += term
    return E

#: n=5
def matrix_power(A: int64[N, N], n: int64):
    result = np.eye(N, dtype=np.int64)
    base = A.copy()
    while n > 0:
        if n & 1:
            result = result @ base
        base = base @ base
        n >>= 1
    return result

#:
def arnoldi(A: float64[N, N], b: float64[N]):
    Q = np.zeros((N, 3))
    H = np.zeros((3, 2))
    Q[:, 0] = b / np.linalg.norm(b)
    for k in range(2):
        v = A @ Q[:, k]
        for j in range(k + 1):
            H[j, k] = Q[:, j] @ v
            v -= H[j, k] * Q[:, j]
        H[k + 1, k] = np.sqrt(v @ v)
        Q[:, k + 1] = v / (H[k + 1, k] + 1.0)
    return Q, H

#:
def gauss_seidel(A: float64[N, N], b: float64[N], x: float64[N], tolerance: float64 = 1e-6):
    for i in range(N):
        A[i, i] = 4.0 + np.abs(A[i]).sum()
    error = 1.0
    iterations = 0
    while error > tolerance and iterations < 50:
        error = 0.0
        for i in range(N):
            new = (b[i] - A[i, :i] @ x[:i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]
            error = max(error, abs(new - x[i]))
            x[i] = new
        iterations += 1
    return iterations

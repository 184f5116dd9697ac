#:
def kmeans(points: float64[N, 2], centres: float64[3, 2]):
    label = np.zeros(N, dtype=np.int64)
    for _ in range(3):
        for i in range(N):
            d = np.sum((centres - points[i]) ** 2, axis=1)
            label[i] = np.argmin(d)
        for k in range(3):
            members = label == k
            count = np.sum(members)
            if count > 0:
                centres[k] = np.sum(points[members], axis=0) / count
    return label

#:
def pairwise(X: float64[N, D], Y: float64[M, D]):
    return np.sqrt(((X[:, None, :] - Y[None, :, :]) ** 2).sum(axis=-1))

#:
def pairwise_trick(X: float64[N, D]):
    n2 = np.sum(X * X, axis=1)
    return n2[:, None] + n2[None, :] - 2 * X @ X.T

#: n=2
def nbody(pos: float64[N, 3], vel: float64[N, 3], mass: float64[N], n: int64):
    for step in range(n):
        acc = np.zeros((N, 3))
        for i in range(N):
            for j in range(N):
                if i != j:
                    d = pos[j] - pos[i]
                    r2 = d[0]**2 + d[1]**2 + d[2]**2 + 0.1
                    acc[i] += mass[j] * d / (r2 * np.sqrt(r2))
        vel += 0.01 * acc
        pos += 0.01 * vel

#:
def black_scholes(S: float64[N], X: float64[N], T: float64[N], r: float64 = 0.05, sigma: float64 = 0.2):
    S = np.abs(S) + 1
    X = np.abs(X) + 1
    T = np.abs(T) + 0.1
    d1 = (np.log(S / X) + (r + sigma**2 / 2) * T) / (sigma * np.sqrt(T))
    d2 = d1 - sigma * np.sqrt(T)
    return S * normal(d1) - X * np.exp(-r * T) * normal(d2)

def normal(x):
    k = 1 / (1 + 0.2316419 * np.abs(x))
    p = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    c = 1 - np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * p
    return np.where(x < 0, 1 - c, c)

#: steps=4
def binomial_option(s: float64, k: float64, steps: int64):
    up = 1.1
    down = 1 / up
    p = (1.01 - down) / (up - down)
    value = np.zeros(steps + 1)
    for i in range(steps + 1):
        value[i] = max(s * up ** (steps - i) * down ** i - k, 0.0)
    for t in range(steps - 1, -1, -1):
        for i in range(t + 1):
            value[i] = (p * value[i] + (1 - p) * value[i + 1]) / 1.01
    return value[0]

#:
def softmax(x: float32[B, H, N, N]):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)

#:
def layer_norm(x: float32[B, D], gamma: float32[D], beta: float32[D]):
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + 1e-5) + beta

#:
def attention(Q: float64[B, N, D], K: float64[B, M, D], V: float64[B, M, D]):
    scores = Q @ np.transpose(K, (0, 2, 1)) / np.sqrt(D)
    scores -= scores.max(axis=2, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=2, keepdims=True)
    return weights @ V

#:
def causal_mask(scores: float32[N, N]):
    mask = np.triu(np.ones((N, N), dtype=bool), k=1)
    return np.where(mask, np.float32(-1e9), scores)

#:
def gelu(x: float32[N]):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

#:
def sigmoid_cross_entropy(z: float64[N], y: bool[N]):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

#: labels=0..3
def cross_entropy(logits: float64[N, 3], labels: int64[N]):
    z = logits - logits.max(axis=1)[:, None]
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[np.arange(N), labels].mean()

#: labels=0..4
def one_hot(labels: int64[N]):
    out = np.zeros((N, 4))
    out[np.arange(N), labels] = 1
    return out

#:
def fft_butterfly(x: complex128[8]):
    n = 8
    y = np.empty(8, dtype=np.complex128)
    for i in range(8):
        r = 0
        v = i
        for _ in range(3):
            r = (r << 1) | (v & 1)
            v >>= 1
        y[r] = x[i]
    length = 2
    while length <= n:
        half = length // 2
        for start in range(0, n, length):
            for k in range(half):
                w = np.exp(-2j * np.pi * k / length)
                a = y[start + k]
                b = w * y[start + k + half]
                y[start + k] = a + b
                y[start + k + half] = a - b
        length *= 2
    return y

#:
def dft(x: float64[N]):
    n = np.arange(N)
    k = n.reshape((N, 1))
    return np.exp(-2j * np.pi * k * n / N) @ x

#:
def convolve_full(a: float64[N], k: float64[M]):
    out = np.zeros(N + M - 1)
    for i in range(N):
        out[i:i + M] += a[i] * k
    return out

#:
def autocorrelation(x: float64[N]):
    c = x - np.mean(x)
    out = np.zeros(N)
    for lag in range(N):
        out[lag] = np.dot(c[:N - lag], c[lag:])
    return out

#: x=-4..5
def histogram(x: float64[N], bins: int64[8]):
    for v in x:
        b = int((v + 2.0) / 4.0 * 8)
        bins[min(max(b, 0), 7)] += 1

#: x=0..8
def counting_sort(x: int64[N]):
    count = np.zeros(8, dtype=np.int64)
    for v in x:
        count[v] += 1
    start = np.zeros(8, dtype=np.int64)
    for i in range(1, 8):
        start[i] = start[i - 1] + count[i - 1]
    out = np.empty_like(x)
    for v in x:
        out[start[v]] = v
        start[v] += 1
    return out

#:
def bubble_sort(x: float64[N]):
    n = x.shape[0]
    while True:
        swapped = False
        for i in range(1, n):
            if x[i - 1] > x[i]:
                x[i - 1], x[i] = x[i], x[i - 1]
                swapped = True
        if not swapped:
            break
        n -= 1

#:
def insertion_sort(x: float64[N]):
    for i in range(1, N):
        key = x[i]
        j = i - 1
        while j >= 0 and x[j] > key:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = key

#:
def odd_even_sort(x: int64[N]):
    for phase in range(N):
        for i in range(phase % 2, N - 1, 2):
            lo = min(x[i], x[i + 1])
            hi = max(x[i], x[i + 1])
            x[i] = lo
            x[i + 1] = hi

#:
def bitonic_sort(x: float64[8]):
    k = 2
    while k <= 8:
        j = k // 2
        while j > 0:
            for i in range(8):
                l = i ^ j
                if l > i:
                    if (i & k == 0 and x[i] > x[l]) or (i & k != 0 and x[i] < x[l]):
                        t = x[i]
                        x[i] = x[l]
                        x[l] = t
            j //= 2
        k *= 2

#: x=0..20 key=7
def binary_search(x: int64[N], key: int64):
    s = np.sort(x)
    lo = 0
    hi = N
    while lo < hi:
        mid = (lo + hi) // 2
        if s[mid] < key:
            lo = mid + 1
        else:
            hi = mid
    return lo

#: x=0..9
def merge(a: int64[N], b: int64[M]):
    a = np.sort(a)
    b = np.sort(b)
    out = np.zeros(N + M, dtype=np.int64)
    i = j = 0
    for k in range(N + M):
        if j >= M or (i < N and a[i] <= b[j]):
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
    return out

#:
def prefix_sum_tree(x: float64[8]):
    d = 1
    while d < 8:
        y = x.copy()
        for i in range(d, 8):
            y[i] = x[i] + x[i - d]
        x[:] = y
        d = d * 2

#:
def exponential_moving_average(x: float64[N], alpha: float64):
    y = np.empty(N)
    y[0] = x[0]
    for i in range(1, N):
        y[i] = alpha * x[i] + (1 - alpha) * y[i - 1]
    return y

#: w=2
def moving_average(x: float64[N], w: int64):
    c = np.cumsum(np.concatenate((np.zeros(1), x)))
    return (c[w:] - c[:-w]) / w

#:
def trapezoid(y: float64[N], dx: float64):
    return dx * (y.sum() - 0.5 * (y[0] + y[-1]))

#: n=6
def simpson(a: float64, b: float64, n: int64):
    x = np.linspace(a, b, n + 1)
    f = np.sin(x) * np.exp(-x)
    return (b - a) / n / 3 * (f[0] + 4 * np.sum(f[1:-1:2]) + 2 * np.sum(f[2:-1:2]) + f[-1])

#:
def horner(coefficients: float64[N], x: float64[M]):
    y = np.zeros(M)
    for c in coefficients:
        y = y * x + c
    return y

#:
def polynomial(coefficients: float64[4], x: float64[M]):
    return np.polyval(coefficients, x), coefficients[0] * x**3 + coefficients[1] * x**2 + coefficients[2] * x + coefficients[3]

#:
def lagrange(xs: float64[N], ys: float64[N], x: float64):
    total = 0.0
    for i in range(N):
        term = ys[i]
        for j in range(N):
            if j == i:
                continue
            term *= (x - xs[j]) / (xs[i] - xs[j])
        total += term
    return total

#: N=4 M=7
def interpolate(x: float64[M], xp: float64[N], fp: float64[N]):
    xs = np.cumsum(np.abs(xp) + 0.1)
    return np.interp(x, xs, fp)

#:
def rotate(points: float64[N, 2], angle: float64):
    c, s = np.cos(angle), np.sin(angle)
    R = np.array([[c, -s], [s, c]])
    return points @ R.T

#:
def cross_products(a: float64[N, 3], b: float64[N, 3]):
    c = np.empty_like(a)
    c[:, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    c[:, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    c[:, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return c, np.cross(a, b)

#:
def quaternion(q: float64[4], p: float64[4]):
    w0, x0, y0, z0 = q
    w1, x1, y1, z1 = p
    return np.array([w0 * w1 - x0 * x1 - y0 * y1 - z0 * z1, w0 * x1 + x0 * w1 + y0 * z1 - z0 * y1,
                     w0 * y1 - x0 * z1 + y0 * w1 + z0 * x1, w0 * z1 + x0 * y1 - y0 * x1 + z0 * w1])

#:
def ray_sphere(o: float64[3], d: float64[3]):
    b = 2 * np.dot(o, d)
    c = np.dot(o, o) - 1
    a = d @ d
    disc = b * b - 4 * a * c
    if disc < 0:
        return -1.0
    t = (-b - np.sqrt(disc)) / (2 * a)
    return t if t > 0 else (-b + np.sqrt(disc)) / (2 * a)

#: px=-2..3
def point_in_polygon(xs: float64[N], ys: float64[N], px: float64, py: float64):
    inside = False
    j = N - 1
    for i in range(N):
        if (ys[i] > py) != (ys[j] > py) and px < (xs[j] - xs[i]) * (py - ys[i]) / (ys[j] - ys[i]) + xs[i]:
            inside = not inside
        j = i
    return inside

#:
def lennard_jones(pos: float64[N, 3]):
    energy = 0.0
    for i in range(N):
        for j in range(i + 1, N):
            r2 = ((pos[i] - pos[j]) ** 2).sum() + 0.5
            s6 = 1 / r2**3
            energy += 4 * (s6 * s6 - s6)
    return energy

#:
def periodic_distance(a: float64[N, 3], box: float64):
    L = abs(box) + 1
    d = a[1:] - a[:-1]
    d -= L * np.round(d / L)
    return np.sqrt(np.sum(d**2, axis=1))

#: spins=0..2 n=2
def ising_sweep(spins: int8[N, N], u: float64[N, N], n: int64):
    for _ in range(n):
        for i in range(N):
            for j in range(N):
                s = 2 * spins[i, j] - 1
                total = spins[(i + 1) % N, j] + spins[i - 1, j] + spins[i, (j + 1) % N] + spins[i, j - 1]
                energy = 2 * s * total
                if energy <= 0 or np.abs(u[i, j]) < np.exp(-0.5 * energy):
                    spins[i, j] = 1 - spins[i, j]

#: rule=30
def cellular_automaton(cells: uint8[N], rule: int64, out: uint8[4, N]):
    cells = cells % 2
    for t in range(4):
        out[t] = cells
        left = np.roll(cells, 1)
        right = np.roll(cells, -1)
        pattern = 4 * left + 2 * cells + right
        cells = (rule >> pattern & 1).astype(np.uint8)

#:
def covariance(X: float64[N, D]):
    Xc = X - X.mean(axis=0)
    return Xc.T @ Xc / (N - 1)

#:
def standardise(X: float64[N, D]):
    return (X - X.mean(0)) / (X.std(0, ddof=1) + 1e-9)

#:
def weighted(x: float64[N], w: float64[N]):
    u = np.abs(w) + 1
    return np.sum(x * u) / np.sum(u), np.median(x)

#:
def running_statistics(x: float64[N]):
    mean = 0.0
    m2 = 0.0
    n = 0
    for v in x:
        n += 1
        delta = v - mean
        mean += delta / n
        m2 += delta * (v - mean)
    return mean, m2 / n if n > 0 else 0.0

#:
def outliers(x: float64[N]):
    m = x.mean()
    s = x.std()
    keep = np.abs(x - m) <= 1.5 * s
    return x[keep].mean(), np.sum(~keep)

#:
def hmm_forward(pi: float64[S], A: float64[S, S], B: float64[S, T]):
    alpha = np.zeros((T, S))
    alpha[0] = pi * B[:, 0]
    for t in range(1, T):
        alpha[t] = alpha[t - 1] @ A * B[:, t]
    return alpha, alpha[T - 1].sum()

#:
def lstm_cell(x: float64[D], h: float64[H], c: float64[H], W: float64[4 * H, D], U: float64[4 * H, H]):
    gates = W @ x + U @ h
    i = 1 / (1 + np.exp(-gates[:H]))
    f = 1 / (1 + np.exp(-gates[H:2 * H]))
    g = np.tanh(gates[2 * H:3 * H])
    o = 1 / (1 + np.exp(-gates[3 * H:]))
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new

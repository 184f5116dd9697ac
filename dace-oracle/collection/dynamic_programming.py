#: a=0..3 b=0..3
def longest_common_subsequence(a: int64[N], b: int64[M]):
    L = np.zeros((N + 1, M + 1), dtype=np.int64)
    for i in range(1, N + 1):
        for j in range(1, M + 1):
            if a[i - 1] == b[j - 1]:
                L[i, j] = L[i - 1, j - 1] + 1
            else:
                L[i, j] = max(L[i - 1, j], L[i, j - 1])
    return L[N, M]

#: a=0..4 b=0..4
def edit_distance(a: uint8[N], b: uint8[M]):
    previous = np.arange(M + 1)
    for i in range(N):
        current = np.empty(M + 1, dtype=np.int64)
        current[0] = i + 1
        for j in range(M):
            cost = 0 if a[i] == b[j] else 1
            current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, previous[j] + cost)
        previous = current
    return previous[-1]

#: weights=1..5 values=0..9 capacity=12
def knapsack(weights: int64[N], values: int64[N], capacity: int64):
    best = np.zeros(capacity + 1, dtype=np.int64)
    for i in range(N):
        for w in range(capacity, weights[i] - 1, -1):
            best[w] = max(best[w], best[w - weights[i]] + values[i])
    return best[capacity]

#: coins=1..5 amount=11
def coin_change(coins: int64[N], amount: int64):
    ways = np.zeros(amount + 1, dtype=int)
    ways[0] = 1
    for c in coins:
        for a in range(c, amount + 1):
            ways[a] += ways[a - c]
    return ways[amount]

#: p=1..9
def matrix_chain(p: int64[N + 1]):
    m = np.zeros((N, N), dtype=np.int64)
    for length in range(2, N + 1):
        for i in range(N - length + 1):
            j = i + length - 1
            m[i, j] = 9223372036854775807
            for k in range(i, j):
                cost = m[i, k] + m[k + 1, j] + p[i] * p[k + 1] * p[j + 1]
                if cost < m[i, j]:
                    m[i, j] = cost
    return m

#:
def kadane(x: float64[N]):
    best = current = -np.inf
    for v in x:
        current = max(v, current + v)
        best = max(best, current)
    return best

#: a=0..10
def longest_increasing(a: int32[N]):
    length = np.ones(N, dtype=np.int32)
    for i in range(N):
        for j in range(i):
            if a[j] < a[i] and length[j] + 1 > length[i]:
                length[i] = length[j] + 1
    return np.max(length)

#: observed=0..3
def viterbi(start: float64[S], transition: float64[S, S], emission: float64[S, 3], observed: int64[T]):
    score = np.zeros((T, S))
    back = np.zeros((T, S), dtype=np.int64)
    score[0] = start + emission[:, observed[0]]
    for t in range(1, T):
        for s in range(S):
            candidates = score[t - 1] + transition[:, s]
            back[t, s] = np.argmax(candidates)
            score[t, s] = candidates[back[t, s]] + emission[s, observed[t]]
    path = np.zeros(T, dtype=np.int64)
    path[T - 1] = np.argmax(score[T - 1])
    for t in range(T - 2, -1, -1):
        path[t] = back[t + 1, path[t + 1]]
    return path

#: a=0..4 b=0..4
def smith_waterman(a: int8[N], b: int8[M], gap: int64 = 2):
    H = np.zeros((N + 1, M + 1), np.int64)
    best = 0
    for i in range(1, N + 1):
        for j in range(1, M + 1):
            match = H[i - 1, j - 1] + (3 if a[i - 1] == b[j - 1] else -3)
            H[i, j] = max(0, match, H[i - 1, j] - gap, H[i, j - 1] - gap)
            best = max(best, H[i, j])
    return H, best

#:
def dynamic_time_warping(x: float64[N], y: float64[M]):
    D = np.full((N + 1, M + 1), np.inf)
    D[0, 0] = 0
    for i in range(1, N + 1):
        for j in range(1, M + 1):
            D[i, j] = abs(x[i - 1] - y[j - 1]) + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[-1, -1]

#: s=0..3
def longest_palindrome(s: int64[N]):
    P = np.zeros((N, N), dtype=bool)
    longest = 0
    for i in range(N - 1, -1, -1):
        for j in range(i, N):
            P[i, j] = s[i] == s[j] and (j - i < 2 or P[i + 1, j - 1])
            if P[i, j] and j - i + 1 > longest:
                longest = j - i + 1
    return longest

#: n=20
def fibonacci(n: int64):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

#: n=7
def catalan(n: int64):
    c = np.zeros(n + 1, dtype=np.int64)
    c[0] = 1
    for i in range(1, n + 1):
        for j in range(i):
            c[i] += c[j] * c[i - 1 - j]
    return c

#: cost=0..9
def minimum_path(cost: int64[N, M]):
    best = cost.copy()
    best[0, 1:] += 0
    for j in range(1, M):
        best[0, j] += best[0, j - 1]
    for i in range(1, N):
        best[i, 0] += best[i - 1, 0]
        for j in range(1, M):
            best[i, j] += min(best[i - 1, j], best[i, j - 1])
    return best[-1, -1]

#: n=8
def pascal(n: int64):
    T = np.zeros((n, n), dtype=np.uint64)
    for i in range(n):
        T[i, 0] = 1
        T[i, i] = 1
        for j in range(1, i):
            T[i, j] = T[i - 1, j - 1] + T[i - 1, j]
    return T

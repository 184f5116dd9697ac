#: A=0..2
def bfs_levels(A: int64[N, N]):
    level = np.full(N, -1)
    level[0] = 0
    frontier = np.zeros(N, dtype=np.bool_)
    frontier[0] = True
    depth = 0
    while frontier.any():
        depth += 1
        reached = (A[frontier] > 0).any(axis=0) & (level < 0)
        level[reached] = depth
        frontier = reached
    return level

#: A=0..2
def bfs_queue(A: uint8[N, N]):
    queue = np.zeros(N, dtype=np.int32)
    parent = -np.ones(N, dtype=np.int32)
    head, tail = 0, 1
    parent[0] = 0
    while head < tail:
        u = queue[head]
        head += 1
        for v in range(N):
            if A[u, v] != 0 and parent[v] < 0:
                parent[v] = u
                queue[tail] = v
                tail += 1
    return parent, tail

#: source=0..5 target=0..5 N=5
def bellman_ford(source: int64[E], target: int64[E], weight: float64[E], distance: float64[N]):
    distance[:] = np.inf
    distance[0] = 0.0
    for _ in range(N - 1):
        changed = False
        for e in range(E):
            d = distance[source[e]] + abs(weight[e])
            if d < distance[target[e]]:
                distance[target[e]] = d
                changed = True
        if not changed:
            break

#: W=1..20
def dijkstra(W: int64[N, N]):
    done = np.zeros(N, dtype=bool)
    dist = np.full(N, 10**9, dtype=np.int64)
    dist[0] = 0
    for _ in range(N):
        u = -1
        for v in range(N):
            if not done[v] and (u == -1 or dist[v] < dist[u]):
                u = v
        done[u] = True
        for v in range(N):
            dist[v] = min(dist[v], dist[u] + W[u, v])
    return dist

#: A=0..2
def components(A: int32[N, N]):
    label = np.arange(N)
    changed = True
    while changed:
        changed = False
        for i in range(N):
            for j in range(N):
                if A[i, j] == 1 and label[j] > label[i]:
                    label[j] = label[i]
                    changed = True
    return label

#: A=0..2
def pagerank(A: float64[N, N], damping: float64 = 0.85):
    L = (A > 0).astype(np.float64) + np.eye(N)
    M = L / L.sum(axis=0)
    r = np.ones(N) / N
    for _ in range(10):
        r = damping * (M @ r) + (1 - damping) / N
    return r

#: A=0..2
def triangles(A: int64[N, N]):
    S = np.triu(A, 1)
    S = S + S.T
    return np.trace(S @ S @ S) // 6

#: parent=0..4
def roots(parent: int64[N]):
    for i in range(N):
        parent[i] = min(parent[i], i)
    for i in range(N):
        r = i
        while parent[r] != r:
            r = parent[r]
        parent[i] = r

#: A=0..2
def transitive_closure(A: bool[N, N]):
    for k in range(N):
        A |= A[:, k:k + 1] & A[k:k + 1, :]

#: W=1..9
def prim(W: float64[N, N]):
    W = np.abs(W) + np.abs(W).T
    key = np.full(N, np.inf)
    key[0] = 0
    used = np.zeros(N, dtype=bool)
    total = 0.0
    for _ in range(N):
        k = np.where(used, np.inf, key)
        u = np.argmin(k)
        used[u] = True
        total += key[u]
        key = np.minimum(key, W[u])
    return total

#: A=0..2
def topological_order(A: int64[N, N]):
    A = np.triu(A, 1)
    degree = A.sum(axis=0)
    order = np.empty(N, dtype=np.int64)
    count = 0
    for _ in range(N):
        for v in range(N):
            if degree[v] == 0:
                order[count] = v
                count += 1
                degree[v] = -1
                degree -= A[v] * (degree >= 0)
                break
    return order[:N], count

#: row=0..5 col=0..4 N=5 M=4
def degrees(row: int32[E], col: int32[E], out: int64[N], into: int64[M]):
    for e in range(E):
        out[row[e]] += 1
        into[col[e]] += 1

#: indptr=0..1 indices=0..3
def csr_product(indptr: int32[N + 1], indices: int32[K], data: float64[K], x: float64[3]):
    y = np.zeros(N)
    for i in range(N):
        for k in range(indptr[i], indptr[i + 1]):
            y[i] += data[k] * x[indices[k]]
    return y

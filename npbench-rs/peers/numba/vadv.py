# Columns one by one, by all threads: the recurrence stays in the cache.
def vadv(utens_stage, u_stage, wcon, u_pos, utens, dtr_stage):
    I, J, K = utens_stage.shape
    for i in prange(I):
        c, d = np.empty(K), np.empty(K)
        for j in range(J):
            for k in range(K):
                a, below, up, down = 0.0, 0.0, 0.0, 0.0
                if k > 0:
                    a = -0.125 * (wcon[i + 1, j, k] + wcon[i, j, k])
                    down = u_stage[i, j, k - 1] - u_stage[i, j, k]
                if k < K - 1:
                    below = 0.125 * (wcon[i + 1, j, k + 1] + wcon[i, j, k + 1])
                    up = u_stage[i, j, k + 1] - u_stage[i, j, k]
                right = (dtr_stage * u_pos[i, j, k] + utens[i, j, k] + utens_stage[i, j, k] -
                         a * down - below * up)
                b = dtr_stage - a - below
                if k > 0:
                    b -= c[k - 1] * a
                    right -= d[k - 1] * a
                c[k] = below / b
                d[k] = right / b
            x = 0.0
            for k in range(K - 1, -1, -1):
                x = d[k] - c[k] * x
                utens_stage[i, j, k] = dtr_stage * (x - u_pos[i, j, k])

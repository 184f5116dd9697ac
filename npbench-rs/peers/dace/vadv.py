# Columns one by one, by a map: the recurrence stays in the cache. The symbols are not to be assigned.
def vadv(utens_stage: float64[I, J, K], u_stage: float64[I, J, K], wcon: float64[I + 1, J, K],
         u_pos: float64[I, J, K], utens: float64[I, J, K], dtr_stage: float64):
    ccol = np.empty((I, J, K), dtype=np.float64)
    dcol = np.empty((I, J, K), dtype=np.float64)
    for i, j in dace.map[0:I, 0:J]:
        gcv = 0.125 * (wcon[i + 1, j, 1] + wcon[i, j, 1])
        divided = 1.0 / (dtr_stage - gcv)
        ccol[i, j, 0] = gcv * divided
        dcol[i, j, 0] = (dtr_stage * u_pos[i, j, 0] + utens[i, j, 0] + utens_stage[i, j, 0] -
                         gcv * (u_stage[i, j, 1] - u_stage[i, j, 0])) * divided
        for k in range(1, K - 1):
            a = -0.125 * (wcon[i + 1, j, k] + wcon[i, j, k])
            c = 0.125 * (wcon[i + 1, j, k + 1] + wcon[i, j, k + 1])
            pivot = 1.0 / (dtr_stage - a - c - ccol[i, j, k - 1] * a)
            ccol[i, j, k] = c * pivot
            dcol[i, j, k] = (dtr_stage * u_pos[i, j, k] + utens[i, j, k] + utens_stage[i, j, k] -
                             a * (u_stage[i, j, k - 1] - u_stage[i, j, k]) -
                             c * (u_stage[i, j, k + 1] - u_stage[i, j, k]) - dcol[i, j, k - 1] * a) * pivot
        last = -0.125 * (wcon[i + 1, j, K - 1] + wcon[i, j, K - 1])
        dcol[i, j, K - 1] = (dtr_stage * u_pos[i, j, K - 1] + utens[i, j, K - 1] + utens_stage[i, j, K - 1] -
                             last * (u_stage[i, j, K - 2] - u_stage[i, j, K - 1]) -
                             dcol[i, j, K - 2] * last) / (dtr_stage - last - ccol[i, j, K - 2] * last)
        utens_stage[i, j, K - 1] = dtr_stage * (dcol[i, j, K - 1] - u_pos[i, j, K - 1])
        for m in range(1, K):
            dcol[i, j, K - 1 - m] = dcol[i, j, K - 1 - m] - ccol[i, j, K - 1 - m] * dcol[i, j, K - m]
            utens_stage[i, j, K - 1 - m] = dtr_stage * (dcol[i, j, K - 1 - m] - u_pos[i, j, K - 1 - m])

# Sizes as symbols, not as variables; the first and the last level without loops.
def vadv(utens_stage: float64[I, J, K], u_stage: float64[I, J, K], wcon: float64[I + 1, J, K],
         u_pos: float64[I, J, K], utens: float64[I, J, K], dtr_stage: float64):
    ccol = np.empty((I, J, K), dtype=np.float64)
    dcol = np.empty((I, J, K), dtype=np.float64)
    data_col = np.empty((I, J), dtype=np.float64)
    for i, j in dace.map[0:I, 0:J]:
        ccol[i, j, 0] = (0.125 * (wcon[i + 1, j, 1] + wcon[i, j, 1]) /
                         (dtr_stage - 0.125 * (wcon[i + 1, j, 1] + wcon[i, j, 1])))
        dcol[i, j, 0] = ((dtr_stage * u_pos[i, j, 0] + utens[i, j, 0] + utens_stage[i, j, 0] -
                          0.125 * (wcon[i + 1, j, 1] + wcon[i, j, 1]) * (u_stage[i, j, 1] - u_stage[i, j, 0])) /
                         (dtr_stage - 0.125 * (wcon[i + 1, j, 1] + wcon[i, j, 1])))
    for k in range(1, K - 1):
        a = -0.125 * (wcon[1:, :, k] + wcon[:-1, :, k])
        c = 0.125 * (wcon[1:, :, k + 1] + wcon[:-1, :, k + 1])
        divided = 1.0 / (dtr_stage - a - c - ccol[:, :, k - 1] * a)
        ccol[:, :, k] = c * divided
        dcol[:, :, k] = (dtr_stage * u_pos[:, :, k] + utens[:, :, k] + utens_stage[:, :, k] -
                         a * (u_stage[:, :, k - 1] - u_stage[:, :, k]) -
                         c * (u_stage[:, :, k + 1] - u_stage[:, :, k]) - dcol[:, :, k - 1] * a) * divided
    last = -0.125 * (wcon[1:, :, K - 1] + wcon[:-1, :, K - 1])
    data_col[:] = ((dtr_stage * u_pos[:, :, K - 1] + utens[:, :, K - 1] + utens_stage[:, :, K - 1] -
                    last * (u_stage[:, :, K - 2] - u_stage[:, :, K - 1]) - dcol[:, :, K - 2] * last) /
                   (dtr_stage - last - ccol[:, :, K - 2] * last))
    utens_stage[:, :, K - 1] = dtr_stage * (data_col - u_pos[:, :, K - 1])
    for k in range(K - 2, -1, -1):
        data_col[:] = dcol[:, :, k] - ccol[:, :, k] * data_col
        utens_stage[:, :, k] = dtr_stage * (data_col - u_pos[:, :, k])

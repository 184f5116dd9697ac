# Convolutions as in `conv2d_bias`, maxima as maps. A variable of DaCe keeps its shape.
def lenet(input: float32[N, H, W, 1], conv1: float32[5, 5, 1, 6], conv1bias: float32[6],
          conv2: float32[5, 5, 6, 16], conv2bias: float32[16], fc1w: float32[C_before_fc1, 120],
          fc1b: float32[120], fc2w: float32[120, 84], fc2b: float32[84], fc3w: float32[84, 10],
          fc3b: float32[10], N: int64, C_before_fc1: int64):
    x1 = np.zeros((N, H - 4, W - 4, 6), np.float32)
    for k in range(5):
        for l in range(5):
            for n, i, j, o in dace.map[0:N, 0:H - 4, 0:W - 4, 0:6]:
                x1[n, i, j, o] += input[n, i + k, j + l, 0] * conv1[k, l, 0, o]
    x2 = np.empty((N, (H - 4) // 2, (W - 4) // 2, 6), np.float32)
    for n, i, j, o in dace.map[0:N, 0:(H - 4) // 2, 0:(W - 4) // 2, 0:6]:
        x2[n, i, j, o] = max(max(max(x1[n, 2 * i, 2 * j, o], x1[n, 2 * i, 2 * j + 1, o]),
                                 max(x1[n, 2 * i + 1, 2 * j, o], x1[n, 2 * i + 1, 2 * j + 1, o])) + conv1bias[o],
                             np.float32(0))
    x3 = np.zeros((N, (H - 4) // 2 - 4, (W - 4) // 2 - 4, 16), np.float32)
    for k in range(5):
        for l in range(5):
            for c in range(6):
                for n, i, j, o in dace.map[0:N, 0:(H - 4) // 2 - 4, 0:(W - 4) // 2 - 4, 0:16]:
                    x3[n, i, j, o] += x2[n, i + k, j + l, c] * conv2[k, l, c, o]
    x4 = np.empty((N, ((H - 4) // 2 - 4) // 2, ((W - 4) // 2 - 4) // 2, 16), np.float32)
    for n, i, j, o in dace.map[0:N, 0:((H - 4) // 2 - 4) // 2, 0:((W - 4) // 2 - 4) // 2, 0:16]:
        x4[n, i, j, o] = max(max(max(x3[n, 2 * i, 2 * j, o], x3[n, 2 * i, 2 * j + 1, o]),
                                 max(x3[n, 2 * i + 1, 2 * j, o], x3[n, 2 * i + 1, 2 * j + 1, o])) + conv2bias[o],
                             np.float32(0))
    x5 = np.reshape(x4, (N, C_before_fc1))
    x6 = np.maximum(x5 @ fc1w + fc1b, 0)
    x7 = np.maximum(x6 @ fc2w + fc2b, 0)
    return x7 @ fc3w + fc3b

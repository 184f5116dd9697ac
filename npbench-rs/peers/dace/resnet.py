# Convolutions as in `conv2d_bias`, normalisations as maps. A variable of DaCe keeps its shape.
def normalise(x, out, n, height, width, channels, eps):
    for i, j, c in dace.map[0:height, 0:width, 0:channels]:
        mean = 0.0
        for m in range(n):
            mean += x[m, i, j, c]
        mean /= n
        variance = 0.0
        for m in range(n):
            variance += (x[m, i, j, c] - mean) * (x[m, i, j, c] - mean)
        scale = 1.0 / np.sqrt(np.sqrt(variance / n) + eps)
        for m in range(n):
            out[m, i, j, c] = (x[m, i, j, c] - mean) * scale


def resnet(input: float32[N, H, W, C1], conv1: float32[1, 1, C1, C2],
           conv2: float32[3, 3, C2, C2], conv3: float32[1, 1, C2, C1]):
    padded = np.zeros((N, H + 2, W + 2, C2), np.float32)
    for c in range(C1):
        for n, i, j, o in dace.map[0:N, 0:H, 0:W, 0:C2]:
            padded[n, i + 1, j + 1, o] += input[n, i, j, c] * conv1[0, 0, c, o]
    x1 = np.empty((N, H + 2, W + 2, C2), np.float32)
    normalise(padded, x1, N, H + 2, W + 2, C2, 1e-5)
    x2 = np.maximum(x1, 0)
    x3 = np.zeros((N, H, W, C2), np.float32)
    for k in range(3):
        for l in range(3):
            for c in range(C2):
                for n, i, j, o in dace.map[0:N, 0:H, 0:W, 0:C2]:
                    x3[n, i, j, o] += x2[n, i + k, j + l, c] * conv2[k, l, c, o]
    x4 = np.empty((N, H, W, C2), np.float32)
    normalise(x3, x4, N, H, W, C2, 1e-5)
    x5 = np.maximum(x4, 0)
    x6 = np.zeros((N, H, W, C1), np.float32)
    for c in range(C2):
        for n, i, j, o in dace.map[0:N, 0:H, 0:W, 0:C1]:
            x6[n, i, j, o] += x5[n, i, j, c] * conv3[0, 0, c, o]
    x7 = np.empty((N, H, W, C1), np.float32)
    normalise(x6, x7, N, H, W, C1, 1e-5)
    return np.maximum(x7 + input, 0)

# A convolution as a sum over the window, each term a map over all points. With the window inside the map, DaCe loses its index.
def conv2d_bias(input: float32[N, H, W, C_in], weights: float32[K, K, C_in, C_out],
                bias: float32[C_out]):
    output = np.zeros((N, H - K + 1, W - K + 1, C_out), np.float32)
    for k in range(K):
        for l in range(K):
            for c in range(C_in):
                for n, i, j, o in dace.map[0:N, 0:H - K + 1, 0:W - K + 1, 0:C_out]:
                    output[n, i, j, o] += input[n, i + k, j + l, c] * weights[k, l, c, o]
    return output + bias

# Convolution and maxima as loops, images by all threads.
def conv2d(input, weights):
    K, C_in, C_out = weights.shape[0], weights.shape[2], weights.shape[3]
    H_out, W_out = input.shape[1] - K + 1, input.shape[2] - K + 1
    output = np.zeros((input.shape[0], H_out, W_out, C_out), dtype=np.float32)
    #omp parallel for
    for n in range(input.shape[0]):
        for i in range(H_out):
            for j in range(W_out):
                for k in range(K):
                    for l in range(K):
                        for c in range(C_in):
                            value = input[n, i + k, j + l, c]
                            for o in range(C_out):
                                output[n, i, j, o] += value * weights[k, l, c, o]
    return output


def relu(x):
    return np.maximum(x, np.float32(0))


def maxpool2d(x):
    output = np.empty((x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3]), dtype=x.dtype)
    #omp parallel for
    for n in range(output.shape[0]):
        for i in range(output.shape[1]):
            for j in range(output.shape[2]):
                for c in range(output.shape[3]):
                    output[n, i, j, c] = max(max(x[n, 2 * i, 2 * j, c], x[n, 2 * i, 2 * j + 1, c]),
                                             max(x[n, 2 * i + 1, 2 * j, c], x[n, 2 * i + 1, 2 * j + 1, c]))
    return output


def lenet(input, conv1, conv1bias, conv2, conv2bias, fc1w, fc1b, fc2w, fc2b, fc3w, fc3b, N, C_before_fc1):
    x = maxpool2d(relu(conv2d(input, conv1) + conv1bias))
    x = maxpool2d(relu(conv2d(x, conv2) + conv2bias))
    x = x.reshape(N, C_before_fc1)
    x = relu(x @ fc1w + fc1b)
    x = relu(x @ fc2w + fc2b)
    return x @ fc3w + fc3b

# Convolution and normalisation as loops, by all threads.
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


def batchnorm2d(x):
    out = np.empty_like(x)
    n = x.shape[0]
    #omp parallel for
    for i in range(x.shape[1]):
        for j in range(x.shape[2]):
            for c in range(x.shape[3]):
                mean = 0.0
                for m in range(n):
                    mean += x[m, i, j, c]
                mean /= n
                variance = 0.0
                for m in range(n):
                    variance += (x[m, i, j, c] - mean)**2
                scale = 1.0 / np.sqrt(np.sqrt(variance / n) + 1e-5)
                for m in range(n):
                    out[m, i, j, c] = (x[m, i, j, c] - mean) * scale
    return out


def relu(x):
    return np.maximum(x, np.float32(0))


def resnet(input, conv1, conv2, conv3):
    padded = np.zeros((input.shape[0], input.shape[1] + 2, input.shape[2] + 2, conv1.shape[3]), dtype=np.float32)
    padded[:, 1:-1, 1:-1, :] = conv2d(input, conv1)
    x = relu(batchnorm2d(padded))
    x = relu(batchnorm2d(conv2d(x, conv2)))
    x = batchnorm2d(conv2d(x, conv3))
    return relu(x + input)

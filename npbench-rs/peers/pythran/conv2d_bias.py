# A convolution as loops, images by all threads.
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


def conv2d_bias(input, weights, bias):
    return conv2d(input, weights) + bias

//! Two-dimensional convolution with a bias, as in convolutional neural networks.

use dace::dace;

dace! {
    # Deep learning convolutional operator (stride = 1)
    def conv2d(input, weights):
        K = weights.shape[0]  # Assuming square kernel
        N = input.shape[0]
        H_out = input.shape[1] - K + 1
        W_out = input.shape[2] - K + 1
        C_out = weights.shape[3]
        output = np.empty((N, H_out, W_out, C_out), dtype=np.float32)

        # Loop structure adapted from the NumPy convolutional network of Piotr Skalski
        for i in range(H_out):
            for j in range(W_out):
                output[:, i, j, :] = np.sum(
                    input[:, i:i + K, j:j + K, :, np.newaxis] *
                    weights[np.newaxis, :, :, :],
                    axis=(1, 2, 3),
                )

        return output

    def conv2d_bias(input: float32[N, H, W, C_in], weights: float32[K, K, C_in, C_out],
                    bias: float32[C_out]):
        return conv2d(input, weights) + bias
}

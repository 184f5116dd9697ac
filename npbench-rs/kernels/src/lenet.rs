//! LeNet-5, a convolutional neural network, applied to a batch of images. After Yann LeCun et al., "Gradient-based learning
//! applied to document recognition", Proceedings of the IEEE 86(11), 1998. Lines end after a `//` because it begins a comment
//! for Rust.

use dace::dace;

dace! {
    def relu(x):
        return np.maximum(x, 0)

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

    # 2x2 maxpool operator, as used in LeNet-5
    def maxpool2d(x):
        output = np.empty(
            [x.shape[0],
             x.shape[1] // 2,
             x.shape[2] // 2,
             x.shape[3]],
            dtype=x.dtype)
        for i in range(
                x.shape[1] // 2
        ):
            for j in range(
                    x.shape[2] // 2
            ):
                output[:, i, j, :] = np.max(x[:, 2 * i:2 * i + 2,
                                              2 * j:2 * j + 2, :],
                                            axis=(1, 2))
        return output

    # LeNet-5 Convolutional Neural Network (inference mode)
    def lenet(input: float32[N, H, W, 1], conv1: float32[5, 5, 1, 6], conv1bias: float32[6],
              conv2: float32[5, 5, 6, 16], conv2bias: float32[16], fc1w: float32[C_before_fc1, 120],
              fc1b: float32[120], fc2w: float32[120, 84], fc2b: float32[84], fc3w: float32[84, 10],
              fc3b: float32[10], N: int64, C_before_fc1: int64):
        x = relu(conv2d(input, conv1) + conv1bias)
        x = maxpool2d(x)
        x = relu(conv2d(x, conv2) + conv2bias)
        x = maxpool2d(x)
        x = np.reshape(x, (N, C_before_fc1))
        x = relu(x @ fc1w + fc1b)
        x = relu(x @ fc2w + fc2b)
        return x @ fc3w + fc3b
}

# A variable of DaCe keeps its shape; reductions that keep a dimension are those of the ufuncs.
def mlp(input: float32[N, C_in], w1: float32[C_in, S0], b1: float32[S0], w2: float32[S0, S1],
        b2: float32[S1], w3: float32[S1, S2], b3: float32[S2]):
    x1 = np.maximum(input @ w1 + b1, 0)
    x2 = np.maximum(x1 @ w2 + b2, 0)
    x3 = x2 @ w3 + b3
    tmp_max = np.maximum.reduce(x3, axis=-1, keepdims=True, initial=-3.4e38)
    tmp_out = np.exp(x3 - tmp_max)
    tmp_sum = np.add.reduce(tmp_out, axis=-1, keepdims=True)
    return tmp_out / tmp_sum

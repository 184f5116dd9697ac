//! Programs with numbers at the ends of the ranges of types.

use super::Random;

const TYPES: &[&str] = &[
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
];

const FLOATS: &[&str] = &[
    "1e308",
    "1e400",
    "-1e400",
    "3.4028235e38",
    "3.4028236e38",
    "1e39",
    "-1e39",
    "1e-45",
    "1e-46",
    "1e-310",
    "5e-324",
    "1e-400",
    "-0.0",
    "0.1",
    "16777217.0",
    "9007199254740993.0",
    "9223372036854775807.0",
    "9223372036854775808.0",
    "1.8446744073709552e19",
    "-2.5",
];

/// `T` is a type, `V` and `W` are numbers, `I` is an integer (of floats that arrays of integers cannot hold NumPy makes any number), `@` is an operator.
const TEMPLATES: &[&str] = &[
    "def f(A: T[N], k: T):\n    return A @ V\n",
    "def f(A: T[N], k: T):\n    return V @ A\n",
    "def f(A: T[N], k: T):\n    return k @ V\n",
    "def f(A: T[N], k: T):\n    A[0] = k @ I\n",
    "def f(A: T[N], k: T):\n    A[1] = V\n    A[0] += V\n",
    "def f(A: T[N], B: float64[N]):\n    B[0] = V @ W\n",
    "def f(A: T[N], B: int64[N]):\n    B[0] = V @ W\n",
    "def f(A: T[N], B: uint64[N]):\n    x = V\n    B[0] = x @ W\n",
    "def f(A: T[N]):\n    x = V\n    y = x @ W\n    return A + y\n",
    "def f(A: T[N]):\n    return A > V, A == W, V < A[0]\n",
    "def f(A: T[N]):\n    return np.full(2, I, dtype=np.T)\n",
    "def f(A: T[N]):\n    return np.full(2, V)\n",
    "def f(A: T[N]):\n    return np.array([V, W])\n",
    "def f(A: T[N]):\n    return np.T(V), np.float32(W)\n",
    "def f(A: T[N]):\n    return A[V]\n",
    "def f(A: T[N]):\n    return A[V:], A[:W]\n",
    "def f(A: T[N]):\n    return A[::V]\n",
    "def f(A: T[N], B: float64[N]):\n    for i in range(V, W, V):\n        B[0] += 1\n        if B[0] > 5:\n            break\n",
    "def f(A: T[N], B: float64[N]):\n    B[0] = -(V)\n    B[1] = abs(V) / 2\n",
    "def f(A: T[N], B: int64[N]):\n    B[0] = -(V)\n    B[1] = ~(W)\n",
    "def f(A: T[N]):\n    return np.minimum(A, V), np.maximum(W, A)\n",
    "def f(A: T[N], k: T):\n    A[0] = max(k, V)\n    A[1] = min(W, k)\n",
    "def f(A: T[N]):\n    return np.where(A > 0, A, V)\n",
    "def f(A: T[N]):\n    return np.clip(A, V, W)\n",
    "def f(A: T[N]):\n    return A.sum() @ V\n",
    "def f(A: T[N], k: T = V):\n    A[0] = k\n",
    "def f(A: T[N], c: complex64[N]):\n    c[0] = V\n    c[1] = c[0] * W\n    return c + V\n",
    "def f(A: T[N], k: T):\n    if k > V:\n        A[0] = 1\n    elif V <= W:\n        A[0] = 2\n",
];

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "<", "<=", "==", "!=", ">",
];

fn number(random: &mut Random) -> String {
    let small = random.below(9) as i64 - 4;
    match random.below(8) {
        0 => small.to_string(),
        1 => random.pick(FLOATS).to_owned(),
        _ => {
            let bits = random.pick(&[7, 8, 15, 16, 31, 32, 53, 63, 63, 64, 64]);
            let end = (1i128 << bits) + i128::from(small.clamp(-2, 2));
            (if random.one_in(2) { -end } else { end }).to_string()
        }
    }
}

/// Those that give small numbers: Python computes with its own until memory ends.
const PYTHON: &[&str] = &[
    "+", "-", "*", "/", "//", "%", "&", "|", "^", "<", ">=", "!=",
];

/// A program and its settings.
pub(super) fn program(seed: u64) -> (String, String) {
    let mut random = Random(seed ^ 0x117E_4A15);
    let template = random.pick(TEMPLATES);
    let (v, w) = (number(&mut random), number(&mut random));
    let i = if v.contains(['.', 'e']) {
        "-129"
    } else {
        v.as_str()
    };
    let own = template.contains("V @ W") || template.contains("x @ W");
    let operators = if own { PYTHON } else { OPERATORS };
    let text = template
        .replace('T', random.pick(TYPES))
        .replace('I', i)
        .replace('V', &v)
        .replace('W', &w)
        .replace('@', random.pick(operators));
    (text, "raises=perhaps N=3".to_owned())
}

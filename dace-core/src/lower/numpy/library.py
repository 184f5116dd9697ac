# Functions of NumPy in terms of others: lowered where they are called, as helpers of a program are.


def cumsum(a, axis=None):
    if axis is None:
        a = np.reshape(a, -1)
        axis = 0
    out = np.empty(a.shape, dtype=np.sum(a, axis=axis).dtype)
    source, target = np.moveaxis(a, axis, 0), np.moveaxis(out, axis, 0)
    target[:1] = source[:1]
    for i in range(1, source.shape[0]):
        target[i] = target[i - 1] + source[i]
    return out


def cumprod(a, axis=None):
    if axis is None:
        a = np.reshape(a, -1)
        axis = 0
    out = np.empty(a.shape, dtype=np.prod(a, axis=axis).dtype)
    source, target = np.moveaxis(a, axis, 0), np.moveaxis(out, axis, 0)
    target[:1] = source[:1]
    for i in range(1, source.shape[0]):
        target[i] = target[i - 1] * source[i]
    return out


def differences(a, n, axis):
    kept = np.copy(np.moveaxis(a, axis, 0))
    size = kept.shape[0]
    for done in range(1, min(n, size) + 1):
        last = size - done
        if kept.dtype == np.bool_:
            kept[:last] = kept[1:last + 1] != kept[:last]
        else:
            kept[:last] = kept[1:last + 1] - kept[:last]
    return np.moveaxis(kept[:max(size - n, 0)], 0, axis)


def sort(a, axis=-1):
    # NaN is larger than all numbers.
    def merge_sort(x):
        n = x.shape[0]
        other = np.empty_like(x)
        width = 1
        while width < n:
            for low in range(0, n, 2 * width):
                middle = min(low + width, n)
                high = min(low + 2 * width, n)
                i = low
                j = middle
                for k in range(low, high):
                    if i < middle and (j >= high or x[i] <= x[j] or x[j] != x[j]):
                        other[k] = x[i]
                        i += 1
                    else:
                        other[k] = x[j]
                        j += 1
            x[:] = other
            width *= 2

    out = np.copy(a)
    if out.ndim == 1:
        merge_sort(out)
    else:
        lines = np.moveaxis(out, axis, -1)
        for i in range(lines.shape[0]):
            merge_sort(lines[i])
    return out


def unique(ar):
    s = np.sort(np.reshape(ar, -1))
    first = np.ones(s.shape[0], dtype=np.bool_)
    first[1:] = s[1:] != s[:-1]
    return s[first]


def median(a):
    s = np.sort(np.reshape(a, -1))
    n = s.shape[0]
    middle = np.mean(s[(n - 1) // 2:n // 2 + 1])
    return np.where(np.any(s != s), np.nan, middle)


def searchsorted(a, v):
    values = np.reshape(v, -1)
    out = np.empty(values.shape[0], dtype=np.int64)
    for k in range(values.shape[0]):
        low = 0
        high = a.shape[0]
        while low < high:
            middle = (low + high) // 2
            if a[middle] < values[k]:
                low = middle + 1
            else:
                high = middle
        out[k] = low
    return np.reshape(out, np.shape(v))


def interp(x, xp, fp):
    values = np.reshape(x, -1)
    out = np.empty(values.shape[0])
    n = xp.shape[0]
    for k in range(values.shape[0]):
        v = values[k]
        if v != v:
            out[k] = v
        elif v < xp[0]:
            out[k] = fp[0]
        elif v >= xp[n - 1]:
            out[k] = fp[n - 1]
        else:
            low = 0
            high = n - 1
            while high - low > 1:
                middle = (low + high) // 2
                if xp[middle] <= v:
                    low = middle
                else:
                    high = middle
            slope = (fp[low + 1] - fp[low]) / (xp[low + 1] - xp[low])
            out[k] = slope * (v - xp[low]) + fp[low]
    return np.reshape(out, np.shape(x))


def nonzero(a):
    if a.ndim == 1:
        return (np.arange(a.shape[0])[a != 0],)
    n, m = a.shape
    rows = np.broadcast_to(np.arange(n)[:, None], (n, m))
    columns = np.broadcast_to(np.arange(m)[None, :], (n, m))
    return rows[a != 0], columns[a != 0]


def flatnonzero(a):
    a = np.reshape(a, -1)
    return np.arange(a.shape[0])[a != 0]


def argwhere(a):
    return np.stack(np.nonzero(a), axis=-1)


def append(arr, values, axis=None):
    if axis is None:
        return np.concatenate((np.reshape(arr, -1), np.reshape(values, -1)))
    return np.concatenate((arr, values), axis=axis)


def take(a, indices, axis=None):
    if axis is None:
        return np.reshape(a, -1)[indices]
    elif axis == 0:
        return a[indices]
    elif axis == 1:
        return a[:, indices]
    else:
        return a[:, :, indices]


def ptp(a, axis=None):
    return np.max(a, axis=axis) - np.min(a, axis=axis)


def rot90(m, k=1):
    if k % 4 == 0:
        return m[:]
    elif k % 4 == 1:
        return np.swapaxes(np.flip(m, 1), 0, 1)
    elif k % 4 == 2:
        return np.flip(m, (0, 1))
    else:
        return np.flip(np.swapaxes(m, 0, 1), 1)


def diagflat(v):
    return np.diag(np.reshape(v, -1))


def fix(x):
    return np.trunc(x)


def polyval(p, x):
    y = np.zeros_like(x)
    for i in range(len(p)):
        y = y * x + p[i]
    return y


def cross(a, b):
    # Vectors of three components only.
    c = np.empty_like(np.broadcast_to(a, a.shape[:-1] + (3,)) * np.broadcast_to(b, b.shape[:-1] + (3,)))
    c[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    c[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    c[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return c


def kron(a, b):
    if a.ndim == 1:
        return np.reshape(a[:, None] * b[None, :], -1)
    n, m = a.shape
    k, l = b.shape
    return np.reshape(a[:, None, :, None] * b[None, :, None, :], (n * k, m * l))


def add_at(a, indices, b):
    b = np.broadcast_to(b, indices.shape + a.shape[1:])
    for i in range(indices.shape[0]):
        a[indices[i]] += b[i]


def subtract_at(a, indices, b):
    b = np.broadcast_to(b, indices.shape + a.shape[1:])
    for i in range(indices.shape[0]):
        a[indices[i]] -= b[i]

"""Answers to the exercises of lesson 06b, written from the statements alone."""

import math
from itertools import accumulate

import numpy as np

from answers import right, wrong


# ---------------------------------------------------------------- 06b.1


@right("06b.1", "three formulas")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return out, weights + c_out, weights * out**2


@right("06b.1", "group after group, places counted, a list comes back")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = len(range(-padding, size + padding - kernel + 1, stride))
    parameters = products = 0
    for _ in range(groups):
        weights = (c_in // groups) * (c_out // groups) * kernel * kernel
        parameters += weights + c_out // groups
        products += weights * out * out
    return [out, parameters, products]


@right("06b.1", "math.prod of the shapes")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = math.floor((size - kernel + 2 * padding) / stride + 1)
    weight = (c_out, c_in // groups, kernel, kernel)
    return out, math.prod(weight) + c_out, math.prod((*weight, out, out))


@wrong(
    "06b.1",
    "both channels divided by the groups",
    "Each of the groups has c_in/g * c_out/g kernels, and there are g groups.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + 2 * padding - kernel) // stride + 1
    weights = (c_in // groups) * (c_out // groups) * kernel**2
    return out, weights + c_out, weights * out**2


@wrong(
    "06b.1",
    "all parameters divided by the groups, biases too",
    "Only the weights become fewer: there still are c_out biases.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + 2 * padding - kernel) // stride + 1
    weights = c_in * c_out * kernel * kernel // groups
    parameters = (c_in * c_out * kernel * kernel + c_out) // groups
    return out, parameters, weights * out * out


@wrong(
    "06b.1",
    "places in one row only",
    "The kernel works at out * out places, not at out.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return out, weights + c_out, weights * out


@wrong(
    "06b.1",
    "multiplications at each pixel of the input",
    "The kernel works once for each place of the output, out**2 times.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return out, weights + c_out, weights * size**2


@wrong(
    "06b.1",
    "width by plain division of size, rounded up",
    "The width is (size + 2 padding - kernel) // stride + 1, rounded down.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = math.ceil((size + 2 * padding - kernel) / stride) + 1
    weights = c_out * (c_in // groups) * kernel**2
    return out, weights + c_out, weights * out**2


@wrong(
    "06b.1",
    "groups ignored, and padding counted once",
    "Each output channel reads c_in / groups channels, and padding lies on both sides.",
)
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    out = (size + padding - kernel) // stride + 1
    parameters = c_out * (c_in * kernel**2 + 1)
    return out, parameters, c_out * c_in * kernel**2 * out**2


# ---------------------------------------------------------------- 06b.2


@right("06b.2", "one walk with width and step")
def fields(layers):
    width, step, out = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step
        step *= stride
        out.append(width)
    return out


@right("06b.2", "accumulated products and sums")
def fields(layers):
    strides = [1] + [stride for _, stride in layers]
    steps = accumulate(strides, lambda a, b: a * b)
    grow = [(kernel - 1) * step for (kernel, _), step in zip(layers, steps)]
    return [1 + total for total in accumulate(grow)]


def _walk(layers, width, step):
    if not layers:
        return []
    (kernel, stride), *rest = layers
    width += step * (kernel - 1)
    return [width, *_walk(rest, width, step * stride)]


@right("06b.2", "recursion from the image upwards")
def fields(layers):
    return _walk(list(layers), 1, 1)


@wrong(
    "06b.2",
    "stride multiplied in before the layer's own kernel",
    "A layer's own stride spreads only the layers above: update the step afterwards.",
)
def fields(layers):
    width, step, out = 1, 1, []
    for kernel, stride in layers:
        step *= stride
        width += (kernel - 1) * step
        out.append(width)
    return out


@wrong(
    "06b.2",
    "the formula of the downward walk used upwards",
    "(r - 1) s + k walks from the top: upwards you must carry the product of strides.",
)
def fields(layers):
    r, out = 1, []
    for k, s in layers:
        r = (r - 1) * s + k
        out.append(r)
    return out


@wrong(
    "06b.2",
    "only the stride just below counts",
    "All strides below multiply: step *= stride, not step = stride.",
)
def fields(layers):
    width, step, out = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step
        step = stride
        out.append(width)
    return out


@wrong(
    "06b.2",
    "the pixel itself stands in front of the list",
    "One number for each layer: the starting width 1 is not a layer.",
)
def fields(layers):
    out, step = [1], 1
    for kernel, stride in layers:
        out.append(out[-1] + (kernel - 1) * step)
        step *= stride
    return out


@wrong(
    "06b.2",
    "layers walked from the top",
    "The first of the list is next to the image: do not reverse it here.",
)
def fields(layers):
    width, step, out = 1, 1, []
    for kernel, stride in reversed(layers):
        width += (kernel - 1) * step
        step *= stride
        out.append(width)
    return out[::-1]


@wrong(
    "06b.2",
    "width starts at 0 and grows by the kernel, only the last one returned",
    "Each layer adds kernel - 1 to a start of 1, and the list has all widths.",
)
def fields(layers):
    width, step = 0, 1
    for kernel, stride in layers:
        width += kernel * step
        step *= stride
    return width


# ---------------------------------------------------------------- 06b.3


@right("06b.3", "dz added at the end")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz


@right("06b.3", "row by row, the shortcut as an identity matrix")
def residual_backward(dy, x, W1, W2):
    dx = []
    for g, row in zip(dy, x):
        a = row @ W1
        z = np.maximum(a, 0) @ W2 + row
        jacobian = W1 @ np.diag(1.0 * (a > 0)) @ W2 + np.eye(len(row))
        dx.append(jacobian @ np.where(z > 0, g, 0))
    return np.array(dx)


@wrong(
    "06b.3",
    "dy added, before the outer relu",
    "The shortcut joins inside the outer relu: what comes back along it is dz.",
)
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dy


@wrong(
    "06b.3",
    "x added, as on the way forward",
    "Backward the shortcut carries the gradient dz, not the value x.",
)
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + x


@wrong(
    "06b.3",
    "dz added one step too early",
    "dz belongs to x (N, D), not to h (N, K): add it after W1.T.",
)
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T + dz
    return (dh * (h > 0)) @ W1.T


@wrong(
    "06b.3",
    "x taken out of z instead of put into the gradient",
    "z was right: the forward pass has the shortcut, the backward pass lacks it.",
)
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T


@wrong(
    "06b.3",
    "dz added, but the inner relu masks by the sign of dh",
    "The shortcut is there now; the inner relu passes where h > 0, not where dh > 0.",
)
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (dh > 0)) @ W1.T + dz


# ---------------------------------------------------------------- 06b.4


@right("06b.4", "slices and concatenate")
def shortcut(x, channels, stride):
    thin = x[:, :, ::stride, ::stride]
    N, C, h, w = thin.shape
    zeros = np.zeros((N, channels - C, h, w), dtype=x.dtype)
    return np.concatenate([thin, zeros], axis=1)


@right("06b.4", "np.pad behind the channels")
def shortcut(x, channels, stride):
    frame = [(0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0)]
    return np.pad(x, frame)[..., ::stride, ::stride]


@right("06b.4", "zeros filled pixel by pixel, lists come back")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    out = np.zeros((N, channels, math.ceil(H / stride), math.ceil(W / stride)))
    for i in range(0, H, stride):
        for j in range(0, W, stride):
            out[:, :C, i // stride, j // stride] = x[:, :, i, j]
    return out.tolist()


@wrong(
    "06b.4",
    "zeros split, half in front and half behind",
    "All the new channels stand behind the old ones.",
)
def shortcut(x, channels, stride):
    x = x[:, :, ::stride, ::stride]
    more = channels - x.shape[1]
    return np.pad(x, ((0, 0), (more // 2, more - more // 2), (0, 0), (0, 0)))


@wrong(
    "06b.4",
    "sizes rounded down",
    "For an odd size the last pixel stays: the size is ceil(H / stride).",
)
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    out = np.zeros((N, channels, H // stride, W // stride))
    for i in range(H // stride):
        for j in range(W // stride):
            out[:, :C, i, j] = x[:, :, i * stride, j * stride]
    return out


@wrong(
    "06b.4",
    "old channels repeated in place of zeros",
    "The new channels are zeros, not copies of the old ones.",
)
def shortcut(x, channels, stride):
    thin = x[:, :, ::stride, ::stride]
    which = np.arange(channels) % x.shape[1]
    return thin[:, which]


@wrong(
    "06b.4",
    "as many zero channels as the result should have in all",
    "Only channels - C are missing: the result has C too many.",
)
def shortcut(x, channels, stride):
    thin = x[:, :, ::stride, ::stride]
    N, C, h, w = thin.shape
    return np.concatenate([thin, np.zeros((N, channels, h, w))], axis=1)


@wrong(
    "06b.4",
    "thinned along channels and rows",
    "Axis 1 holds the channels: every stride-th pixel is along axes 2 and 3.",
)
def shortcut(x, channels, stride):
    thin = x[:, ::stride, ::stride]
    N, C, h, w = thin.shape
    zeros = np.zeros((N, channels - C, h, w))
    return np.concatenate([thin, zeros], axis=1)


@wrong(
    "06b.4",
    "means of blocks in place of single pixels, zeros in front",
    "Option A takes one pixel and no mean, and the zeros stand behind.",
)
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    h, w = math.ceil(H / stride), math.ceil(W / stride)
    out = np.zeros((N, channels, h, w))
    for i in range(h):
        for j in range(w):
            r, c = i * stride, j * stride
            block = x[:, :, r : r + stride, c : c + stride]
            out[:, channels - C :, i, j] = block.mean(axis=(2, 3))
    return out

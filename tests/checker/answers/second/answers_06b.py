"""Answers to the exercises of lesson 06b, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong

# 06b.1


@right("06b.1", "three formulas")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return width, weights + c_out, weights * width**2


@right("06b.1", "group by group, a list comes back")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = len(range(0, size + 2 * padding - kernel + 1, stride))
    parameters = products = 0
    for _ in range(groups):
        read, write = c_in // groups, c_out // groups
        parameters += write * (read * kernel * kernel + 1)
        products += write * read * kernel * kernel * width * width
    return [width, parameters, products]


@right("06b.1", "shape of the weights, math.prod")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    shape = (c_out, c_in // groups, kernel, kernel)
    width = math.floor((size + 2 * padding - kernel) / stride + 1)
    return width, math.prod(shape) + c_out, math.prod(shape) * width * width


@wrong("06b.1", "groups ignored", "each output channel reads only the input channels of its own group")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * c_in * kernel**2
    return width, weights + c_out, weights * width**2


@wrong("06b.1", "both numbers of channels divided, one group counted", "there are so many groups: the products of one must be taken times groups")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    weights = (c_out // groups) * (c_in // groups) * kernel**2
    return width, weights + c_out, weights * width**2


@wrong("06b.1", "multiplications at every input pixel", "the kernel works at the output's places; a stride makes them fewer")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * c_in * kernel**2 // groups
    return width, weights + c_out, weights * size**2


@wrong("06b.1", "rounded up", "a kernel that would stick out at the rim has no place: round down")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = math.ceil((size + 2 * padding - kernel) / stride) + 1
    weights = c_out * c_in * kernel**2 // groups
    return width, weights + c_out, weights * width**2


@wrong("06b.1", "biases of one group", "every output channel has its bias, in all groups")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return width, weights + c_out // groups, weights * width**2


@wrong("06b.1", "padding on one side, width not squared", "the frame is on both sides, and the image has width times width places")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + padding - kernel) // stride + 1
    weights = c_out * (c_in // groups) * kernel**2
    return width, weights + c_out, weights * width


@wrong("06b.1", "groups divide the bias as well, in the wrong bracket", "only the input channels are divided, not the bias and not after adding it")
def bill(size, c_in, c_out, kernel, stride, padding, groups):
    width = (size + 2 * padding - kernel) // stride + 1
    parameters = c_out * (c_in * kernel**2 + 1) // groups
    return width, parameters, (parameters - c_out) * width**2


# 06b.2


@right("06b.2", "width and step of the layer, one walk")
def fields(layers):
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * step
        step *= stride
        seen.append(width)
    return seen


@right("06b.2", "cumulative product and sum")
def fields(layers):
    kernels = np.array([k for k, _ in layers], dtype=int)
    steps = np.cumprod([1] + [s for _, s in layers])[:-1]
    return (1 + np.cumsum((kernels - 1) * steps)).tolist()


@right("06b.2", "first and last pixel that two neighbours see, a generator inside")
def fields(layers):
    def walk():
        first, last, neighbour = 0, 0, 1
        for k, s in layers:
            last = last + neighbour * (k - 1)
            neighbour = neighbour * s
            yield last - first + 1

    return list(walk())


@wrong("06b.2", "step updated too early", "a layer's own stride spreads the layers above it, not itself: multiply after adding")
def fields(layers):
    width, step, seen = 1, 1, []
    for kernel, stride in layers:
        step *= stride
        width += (kernel - 1) * step
        seen.append(width)
    return seen


@wrong("06b.2", "the formula from the top, walked from the image", "r = (r - 1) s + k holds on the way down; upwards the strides below count")
def fields(layers):
    width, seen = 1, []
    for kernel, stride in layers:
        width = (width - 1) * stride + kernel
        seen.append(width)
    return seen


@wrong("06b.2", "only the stride of the layer before", "all strides below multiply, not just the last one")
def fields(layers):
    width, before, seen = 1, 1, []
    for kernel, stride in layers:
        width += (kernel - 1) * before
        before = stride
        seen.append(width)
    return seen


@wrong("06b.2", "strides below summed", "two layers of stride 2 make a step of 4, three a step of 8: strides multiply")
def fields(layers):
    width, seen = 1, []
    for n, (kernel, _) in enumerate(layers):
        step = sum(s for _, s in layers[:n]) or 1
        width += (kernel - 1) * step
        seen.append(width)
    return seen


@wrong("06b.2", "down from the top, one list for all layers", "this is how the last unit's window grows downwards, not the field of each layer")
def fields(layers):
    width, seen = 1, []
    for kernel, stride in reversed(layers):
        width = (width - 1) * stride + kernel
        seen.append(width)
    return seen


@wrong("06b.2", "the image itself in the list", "one number for each layer: the 1 of the pixel does not belong in it")
def fields(layers):
    seen, step = [1], 1
    for kernel, stride in layers:
        seen.append(seen[-1] + (kernel - 1) * step)
        step *= stride
    return seen


@wrong("06b.2", "k in place of k - 1, starting at 0", "a first layer of width 3 sees 3, and each further kernel adds k - 1 steps")
def fields(layers):
    width, step, seen = 0, 1, []
    for kernel, stride in layers:
        width += kernel * step
        step *= stride
        seen.append(width)
    return seen


# 06b.3


@right("06b.3", "dz added")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz


@right("06b.3", "dx collected from both paths, masks by np.where")
def residual_backward(dy, x, W1, W2):
    a = x @ W1
    h = np.where(a > 0, a, 0)
    dz = np.where(h @ W2 + x > 0, dy, 0)
    dx = dz.copy()
    dx += np.where(a > 0, dz @ W2.T, 0) @ W1.T
    return dx


@wrong("06b.3", "dy added in place of dz", "the shortcut lies under the last ReLU, so its mask holds for it too")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dy


@wrong("06b.3", "x itself added", "the shortcut passes the gradient dz on, not the value x")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + x


@wrong("06b.3", "last ReLU taken out", "z has the shortcut in it already; what is missing is dz on the way back")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    dh = dy @ W2.T
    return (dh * (h > 0)) @ W1.T + dy


@wrong("06b.3", "shortcut taken through the first matrix", "the shortcut goes around both matrices, so dz is added at the end, to dx")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T + dz @ W1
    return (dh * (h > 0)) @ W1.T


@wrong("06b.3", "dz added, masked by the sign of x", "x enters the sum as it is, no ReLU stands on the shortcut itself")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2 + x
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz * (x > 0)


@wrong("06b.3", "mask of z without the shortcut", "the ReLU saw F(x) + x; its mask needs both")
def residual_backward(dy, x, W1, W2):
    h = np.maximum(x @ W1, 0)
    z = h @ W2
    dz = dy * (z > 0)
    dh = dz @ W2.T
    return (dh * (h > 0)) @ W1.T + dz


# 06b.4


@right("06b.4", "an array of zeros, the thinned x written into it")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    y = np.zeros((N, channels, math.ceil(H / stride), math.ceil(W / stride)))
    y[:, :C] = x[:, :, ::stride, ::stride]
    return y


@right("06b.4", "np.pad behind the channels")
def shortcut(x, channels, stride):
    thin = x[..., ::stride, ::stride]
    return np.pad(thin, ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0)))


@right("06b.4", "pixel by pixel in loops, lists come back")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    return [
        [
            [
                [x[n, c, i, j] if c < C else 0.0 for j in range(0, W, stride)]
                for i in range(0, H, stride)
            ]
            for c in range(channels)
        ]
        for n in range(N)
    ]


@wrong("06b.4", "zeros half before, half behind", "the channels of zeros come behind the old ones, all of them")
def shortcut(x, channels, stride):
    more = channels - x.shape[1]
    frame = ((0, 0), (more // 2, more - more // 2), (0, 0), (0, 0))
    return np.pad(x[:, :, ::stride, ::stride], frame)


@wrong("06b.4", "mean of each block", "x is thinned out: every stride-th pixel, nothing is averaged")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    y = np.zeros((N, channels, -(-H // stride), -(-W // stride)))
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            a, b = i * stride, j * stride
            y[:, :C, i, j] = x[:, :, a : a + stride, b : b + stride].mean(axis=(2, 3))
    return y


@wrong("06b.4", "last pixel of each block", "start with pixel 0; starting at stride - 1 also loses the rim of odd maps")
def shortcut(x, channels, stride):
    thin = x[:, :, stride - 1 :: stride, stride - 1 :: stride]
    more = np.zeros((len(x), channels - x.shape[1], *thin.shape[2:]))
    return np.concatenate([thin, more], axis=1)


@wrong("06b.4", "channels repeated", "new channels are zeros, not copies of the old ones")
def shortcut(x, channels, stride):
    thin = x[:, :, ::stride, ::stride]
    return thin[:, np.arange(channels) % x.shape[1]]


@wrong("06b.4", "size rounded down", "the sizes are ceil(H / stride): an odd map keeps its last pixel")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    h, w = H // stride, W // stride
    y = np.zeros((N, channels, h, w))
    y[:, :C] = x[:, :, : h * stride : stride, : w * stride : stride]
    return y


@wrong("06b.4", "channels thinned, as many zeros as channels", "thin out rows and columns, not channels, and add channels - C of zeros")
def shortcut(x, channels, stride):
    thin = x[:, ::stride, ::stride]
    zeros = np.zeros((thin.shape[0], channels, thin.shape[2], thin.shape[3]))
    return np.concatenate([thin, zeros], axis=1)


@wrong("06b.4", "first rows and columns kept", "every stride-th pixel over the whole map, not a corner of it")
def shortcut(x, channels, stride):
    N, C, H, W = x.shape
    h, w = math.ceil(H / stride), math.ceil(W / stride)
    y = np.zeros((N, channels, h, w))
    y[:, :C] = x[:, :, :h, :w]
    return y

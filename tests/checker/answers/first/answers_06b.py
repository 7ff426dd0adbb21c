"""Answers to the exercises of lesson 06b, written from the statements alone."""

import math
from itertools import accumulate

import numpy as np

import lessonlib.functional as F
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


@right("06b.3", "loops over images and channels, np.kron for the squares")
def class_maps(features, weight, labels, size):
    maps = []
    for image, label in zip(features, labels):
        one = sum(w * channel for w, channel in zip(weight[label], image))
        maps.append(np.kron(one, np.ones((size, size))))
    return np.array(maps)


@right("06b.3", "broadcast and sum, one index for rows and one for columns")
def class_maps(features, weight, labels, size):
    maps = (features * weight[labels][:, :, None, None]).sum(axis=1)
    rows = np.arange(maps.shape[1] * size) // size
    columns = np.arange(maps.shape[2] * size) // size
    return maps[:, rows][:, :, columns]


@right("06b.3", "all classes, then the one that is asked for; lists come back")
def class_maps(features, weight, labels, size):
    every = np.tensordot(features, weight, axes=(1, 1))  # n, h, w, c
    chosen = [every[n, :, :, c] for n, c in enumerate(labels)]
    return [np.repeat(np.repeat(one, size, 0), size, 1).tolist() for one in chosen]


@wrong("06b.3", "weights of image n in place of class labels[n]", "The row of weight is that of the class, weight[labels].")
def class_maps(features, weight, labels, size):
    rows = weight[np.arange(len(labels)) % len(weight)]
    maps = np.einsum("nk,nkhw->nhw", rows, features)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "columns of the weights", "weight has a row for each class and a column for each channel.")
def class_maps(features, weight, labels, size):
    k = features.shape[1]
    rows = np.array([weight.T.ravel()[c * k : c * k + k] for c in labels])
    maps = np.einsum("nk,nkhw->nhw", rows, features)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "np.tile", "Each cell becomes a square; np.tile puts whole maps side by side.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features)
    return np.tile(maps, (1, size, size))


@wrong("06b.3", "scaled to 0 .. 1", "Neither scaled nor cut off.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features)
    maps = maps - maps.min(axis=(1, 2), keepdims=True)
    maps = maps / (maps.max(axis=(1, 2), keepdims=True) + 1e-9)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "relu", "Negative cells speak against the class and stay.")
def class_maps(features, weight, labels, size):
    maps = np.maximum(np.einsum("nk,nkhw->nhw", weight[labels], features), 0)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "mean over the channels", "The channels are added, not averaged.")
def class_maps(features, weight, labels, size):
    maps = (features * weight[labels][:, :, None, None]).mean(axis=1)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "blown up in one direction", "Repeat along the columns as well.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features)
    return maps.repeat(size, axis=2)


# ---------------------------------------------------------------- 06b.4


@right("06b.4", "np.pad for the shortcut, its gradient written into zeros")
class Block:
    def __init__(self, W1, W2, stride):
        self.weights, self.stride = (W1, W2), stride

    def forward(self, x):
        s = self.stride
        W1, W2 = self.weights
        a, c1 = F.conv2d(x, W1, stride=s, padding=1)
        a, n1 = F.batch_norm(a)
        a, mask = np.maximum(a, 0), a > 0
        a, c2 = F.conv2d(a, W2, padding=1)
        a, n2 = F.batch_norm(a)
        more = len(W1) - x.shape[1]
        z = a + np.pad(x[:, :, ::s, ::s], ((0, 0), (0, more), (0, 0), (0, 0)))
        self.kept = x.shape, c1, n1, mask, c2, n2, z > 0
        return z * (z > 0)

    def backward(self, dy):
        shape, c1, n1, mask, c2, n2, last = self.kept
        dz = np.where(last, dy, 0)
        d, dW2 = F.conv2d_backward(F.batch_norm_backward(dz, n2)[0], c2)[:2]
        d, dW1 = F.conv2d_backward(F.batch_norm_backward(mask * d, n1)[0], c1)[:2]
        along = np.zeros(shape)
        along[:, :, :: self.stride, :: self.stride] = dz[:, : shape[1]]
        return [d + along, dW1, dW2]


@right("06b.4", "layers of nn, the shortcut as a matrix of channels")
class Block:
    def __init__(self, W1, W2, stride):
        from lessonlib import nn

        K, C = W1.shape[:2]
        one = nn.Conv2d(C, K, 3, stride=stride, padding=1, bias=False, dtype=float)
        two = nn.Conv2d(K, K, 3, padding=1, bias=False, dtype=float)
        one.weight.data[...], two.weight.data[...] = W1, W2
        norms = [nn.BatchNorm2d(K, dtype=float) for _ in range(2)]
        self.one, self.two, self.stride = one, two, stride
        self.branch = nn.Sequential(one, norms[0], nn.ReLU(), two, norms[1])
        self.channels = np.eye(K, C)

    def forward(self, x):
        x = np.asarray(x, dtype=float)
        s = self.stride
        self.shape = x.shape
        z = self.branch(x) + np.einsum("kc,nchw->nkhw", self.channels, x[:, :, ::s, ::s])
        self.on = z > 0
        return np.maximum(z, 0)

    def backward(self, dy):
        self.branch.zero_grad()
        dz = dy * self.on
        dx = self.branch.backward(dz).copy()
        s = self.stride
        dx[:, :, ::s, ::s] += np.einsum("kc,nkhw->nchw", self.channels, dz)
        return dx, self.one.weight.grad, self.two.weight.grad


class _Base:
    """A right block whose parts can be replaced one at a time."""

    def __init__(self, W1, W2, stride):
        self.W1, self.W2, self.s = W1, W2, stride

    def thin(self, x):
        more = len(self.W1) - x.shape[1]
        return np.pad(x[:, :, :: self.s, :: self.s], ((0, 0), (0, more), (0, 0), (0, 0)))

    def forward(self, x):
        self.x = x
        a, self.c1 = F.conv2d(x, self.W1, stride=self.s, padding=1)
        a, self.n1 = F.batch_norm(a)
        self.h = np.maximum(a, 0)
        b, self.c2 = F.conv2d(self.h, self.W2, padding=1)
        self.b, self.n2 = F.batch_norm(b)
        self.y = np.maximum(self.b + self.thin(x), 0)
        return self.y

    def branch(self, dz):
        d, dW2, _ = F.conv2d_backward(F.batch_norm_backward(dz, self.n2)[0], self.c2)
        d = F.batch_norm_backward(d * (self.h > 0), self.n1)[0]
        d, dW1, _ = F.conv2d_backward(d, self.c1)
        return d, dW1, dW2

    def backward(self, dy):
        dz = dy * (self.y > 0)
        dx, dW1, dW2 = self.branch(dz)
        dx[:, :, :: self.s, :: self.s] += dz[:, : self.x.shape[1]]
        return dx, dW1, dW2


@wrong("06b.4", "the shortcut is forgotten in backward", "x reaches y along the shortcut as well: add dz at the places it was taken from.")
class Block(_Base):
    def backward(self, dy):
        return self.branch(dy * (self.y > 0))


@wrong("06b.4", "dy in place of dz along the shortcut", "The last ReLU is behind the sum and cuts both gradients.")
class Block(_Base):
    def backward(self, dy):
        dx, dW1, dW2 = self.branch(dy * (self.y > 0))
        dx[:, :, :: self.s, :: self.s] += dy[:, : self.x.shape[1]]
        return dx, dW1, dW2


@wrong("06b.4", "dy in place of dz everywhere", "The gradient has to pass the last ReLU first.")
class Block(_Base):
    def backward(self, dy):
        dx, dW1, dW2 = self.branch(dy)
        dx[:, :, :: self.s, :: self.s] += dy[:, : self.x.shape[1]]
        return dx, dW1, dW2


@wrong("06b.4", "the mask of the branch alone", "The ReLU saw F(x) + x, so its mask needs both.")
class Block(_Base):
    def backward(self, dy):
        dz = dy * (self.b > 0)
        dx, dW1, dW2 = self.branch(dz)
        dx[:, :, :: self.s, :: self.s] += dz[:, : self.x.shape[1]]
        return dx, dW1, dW2


@wrong("06b.4", "the last k channels in backward", "The old channels are the first ones.")
class Block(_Base):
    def backward(self, dy):
        dz = dy * (self.y > 0)
        dx, dW1, dW2 = self.branch(dz)
        dx[:, :, :: self.s, :: self.s] += dz[:, -self.x.shape[1] :]
        return dx, dW1, dW2


@wrong("06b.4", "the shortcut starts at the last pixel of each step", "Begin with pixel 0.")
class Block(_Base):
    def thin(self, x):
        rows, columns = -(-x.shape[2] // self.s), -(-x.shape[3] // self.s)
        more = len(self.W1) - x.shape[1]
        ends = x[:, :, ::-1, ::-1][:, :, :: self.s, :: self.s][:, :, ::-1, ::-1]
        assert ends.shape[2:] == (rows, columns)
        return np.pad(ends, ((0, 0), (0, more), (0, 0), (0, 0)))


@wrong("06b.4", "ReLU before the sum", "Add first, then ReLU.")
class Block(_Base):
    def forward(self, x):
        super().forward(x)
        return np.maximum(self.b, 0) + self.thin(x)


@wrong("06b.4", "only one norm", "A norm comes behind each convolution.")
class Block(_Base):
    def forward(self, x):
        super().forward(x)
        self.y = np.maximum(F.conv2d(self.h, self.W2, padding=1)[0] + self.thin(x), 0)
        return self.y

    def branch(self, dz):
        d, dW2, _ = F.conv2d_backward(dz, self.c2)
        d = F.batch_norm_backward(d * (self.h > 0), self.n1)[0]
        d, dW1, _ = F.conv2d_backward(d, self.c1)
        return d, dW1, dW2


@wrong("06b.4", "dx alone comes back", "backward returns dx, dW1 and dW2.")
class Block(_Base):
    def backward(self, dy):
        return super().backward(dy)[0]


@wrong("06b.4", "new channels repeat old ones", "The new channels get zeros.")
class Block(_Base):
    def thin(self, x):
        kept = x[:, :, :: self.s, :: self.s]
        return kept[:, np.arange(len(self.W1)) % x.shape[1]]


@wrong("06b.4", "the gradient of the inner ReLU is left out", "Behind the first norm is a ReLU: its mask belongs into the backward pass.")
class Block(_Base):
    def branch(self, dz):
        d, dW2, _ = F.conv2d_backward(F.batch_norm_backward(dz, self.n2)[0], self.c2)
        d = F.batch_norm_backward(d, self.n1)[0]
        d, dW1, _ = F.conv2d_backward(d, self.c1)
        return d, dW1, dW2

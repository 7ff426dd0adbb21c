"""Answers to the exercises of lesson 06b, written from the statements alone."""

import math

import numpy as np

import lessonlib.functional as F
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


@right("06b.3", "a matrix product over the channels")
def class_maps(features, weight, labels, size):
    n, k, h, w = features.shape
    flat = weight[labels][:, None] @ features.reshape(n, k, h * w)
    return flat.reshape(n, h, 1, w, 1).repeat(size, 2).repeat(size, 4).reshape(n, h * size, w * size)


@right("06b.3", "cell by cell")
def class_maps(features, weight, labels, size):
    n, k, h, w = features.shape
    maps = np.zeros((n, h * size, w * size))
    for m in range(n):
        for i in range(h):
            for j in range(w):
                value = weight[labels[m]] @ features[m, :, i, j]
                maps[m, i * size : (i + 1) * size, j * size : (j + 1) * size] = value
    return maps


@wrong("06b.3", "the first image's class for all", "Image n is asked for labels[n].")
def class_maps(features, weight, labels, size):
    maps = np.tensordot(features, weight[labels[0]], axes=(1, 0))
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "shared out over the pixels", "Each pixel of the square has the cell's whole value.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features) / size**2
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "cells at every size-th pixel, zeros between", "The square is filled with the value.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nhw", weight[labels], features)
    n, h, w = maps.shape
    out = np.zeros((n, h * size, w * size))
    out[:, ::size, ::size] = maps
    return out


@wrong("06b.3", "absolute values", "The sign stays: negative cells speak against the class.")
def class_maps(features, weight, labels, size):
    maps = np.abs(np.einsum("nk,nkhw->nhw", weight[labels], features))
    return maps.repeat(size, axis=1).repeat(size, axis=2)


@wrong("06b.3", "rows and columns exchanged", "The rows come first, then the columns.")
def class_maps(features, weight, labels, size):
    maps = np.einsum("nk,nkhw->nwh", weight[labels], features)
    return maps.repeat(size, axis=1).repeat(size, axis=2)


# 06b.4


class _Right:
    def __init__(self, W1, W2, stride):
        self.W1, self.W2, self.stride = W1, W2, stride

    def added(self, x):
        out = np.zeros((len(x), len(self.W1), *x[0, 0, :: self.stride, :: self.stride].shape))
        out[:, : x.shape[1]] = x[:, :, :: self.stride, :: self.stride]
        return out

    def forward(self, x):
        self.x = x
        a, self.c1 = F.conv2d(x, self.W1, stride=self.stride, padding=1)
        a, self.n1 = F.batch_norm(a)
        self.first = a > 0
        b, self.c2 = F.conv2d(a * self.first, self.W2, padding=1)
        b, self.n2 = F.batch_norm(b)
        z = b + self.added(x)
        self.last = z > 0
        return z * self.last

    def backward(self, dy):
        dz = dy * self.last
        db, _, _ = F.batch_norm_backward(dz, self.n2)
        dh, dW2, _ = F.conv2d_backward(db, self.c2)
        da, _, _ = F.batch_norm_backward(dh * self.first, self.n1)
        dx, dW1, _ = F.conv2d_backward(da, self.c1)
        return self.back(dx, dz), dW1, dW2

    def back(self, dx, dz):
        dx = dx.copy()
        dx[:, :, :: self.stride, :: self.stride] += dz[:, : dx.shape[1]]
        return dx


@right("06b.4", "masks kept, methods for the shortcut")
class Block(_Right):
    pass


@right("06b.4", "the norm written out by hand")
class Block(_Right):
    def forward(self, x):
        self.x = x
        a, self.c1 = F.conv2d(x, self.W1, stride=self.stride, padding=1)
        a, self.n1 = self.norm(a)
        self.first = a > 0
        b, self.c2 = F.conv2d(a * self.first, self.W2, padding=1)
        b, self.n2 = self.norm(b)
        z = b + self.added(x)
        self.last = z > 0
        return z * self.last

    def norm(self, a):
        mean, var = a.mean(axis=(0, 2, 3), keepdims=True), a.var(axis=(0, 2, 3), keepdims=True)
        n = (a - mean) / np.sqrt(var + 1e-5)
        return n, (n, np.sqrt(var + 1e-5))

    def undo(self, dn, kept):
        n, spread = kept
        mean = dn.mean(axis=(0, 2, 3), keepdims=True)
        along = (dn * n).mean(axis=(0, 2, 3), keepdims=True)
        return (dn - mean - n * along) / spread

    def backward(self, dy):
        dz = dy * self.last
        dh, dW2, _ = F.conv2d_backward(self.undo(dz, self.n2), self.c2)
        dx, dW1, _ = F.conv2d_backward(self.undo(dh * self.first, self.n1), self.c1)
        return self.back(dx, dz), dW1, dW2


@wrong("06b.4", "no shortcut in backward", "dz goes back along the shortcut too")
class Block(_Right):
    def back(self, dx, dz):
        return dx


@wrong("06b.4", "the gradient of the shortcut replaces that of the branch", "both are added")
class Block(_Right):
    def back(self, dx, dz):
        dx = dx.copy()
        dx[:, :, :: self.stride, :: self.stride] = dz[:, : dx.shape[1]]
        return dx


@wrong("06b.4", "the gradient of the shortcut spread over all pixels", "pixels that the shortcut skipped get nothing along it")
class Block(_Right):
    def back(self, dx, dz):
        s = self.stride
        wide = dz[:, : dx.shape[1]].repeat(s, axis=2).repeat(s, axis=3)
        return dx + wide[:, :, : dx.shape[2], : dx.shape[3]]


@wrong("06b.4", "means of the pixels in between", "option A takes single pixels")
class Block(_Right):
    def added(self, x):
        s = self.stride
        out = super().added(x)
        rows, columns = out.shape[2:]
        for i in range(rows):
            for j in range(columns):
                window = x[:, :, i * s : (i + 1) * s, j * s : (j + 1) * s]
                out[:, : x.shape[1], i, j] = window.mean(axis=(2, 3))
        return out


@wrong("06b.4", "zeros in front", "the old channels come first")
class Block(_Right):
    def added(self, x):
        return super().added(x)[:, ::-1]


@wrong("06b.4", "no last ReLU", "the sum goes through a ReLU")
class Block(_Right):
    def forward(self, x):
        y = super().forward(x)
        b = F.batch_norm(F.conv2d(np.maximum(F.batch_norm(F.conv2d(x, self.W1, stride=self.stride, padding=1)[0])[0], 0), self.W2, padding=1)[0])[0]
        self.last = np.ones_like(y)
        return b + self.added(x)


@wrong("06b.4", "dW2 and dW1 exchanged", "dx, dW1, dW2 is the order")
class Block(_Right):
    def backward(self, dy):
        dx, dW1, dW2 = super().backward(dy)
        return dx, dW2, dW1


@wrong("06b.4", "norms skipped in backward", "the gradient goes through both norms")
class Block(_Right):
    def backward(self, dy):
        dz = dy * self.last
        dh, dW2, _ = F.conv2d_backward(dz, self.c2)
        dx, dW1, _ = F.conv2d_backward(dh * self.first, self.c1)
        return self.back(dx, dz), dW1, dW2

"""Answers to the exercises of lesson 06, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("06.3", "two products")
def cost(c_in, c_out, kernel, height, width):
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width


@right("06.3", "counted from the shapes with math.prod, a list comes back")
def cost(c_in, c_out, kernel, height, width):
    weight, bias = (c_out, c_in, kernel, kernel), (c_out,)
    maps = (height, width)
    return [math.prod(weight) + math.prod(bias), math.prod(weight + maps)]


@right("06.3", "one output channel after another")
def cost(c_in, c_out, kernel, height, width):
    parameters = multiplications = 0
    for _ in range(c_out):
        slices = sum(kernel * kernel for _ in range(c_in))
        parameters += slices + 1
        multiplications += slices * height * width
    return parameters, multiplications


@wrong(
    "06.3",
    "one bias for each channel that comes in",
    "Each output map has one bias: add c_out.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel * kernel
    return weights + c_in, weights * height * width


@wrong(
    "06.3",
    "biases counted among the multiplications",
    "A bias is added and multiplies nothing: leave it out of the second number.",
)
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * (c_in * kernel**2 + 1)
    return parameters, parameters * height * width


@wrong(
    "06.3",
    "one slice of the kernel shared by all input channels",
    "A kernel has its own slice for each input channel: the weights need c_in.",
)
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * kernel**2 + c_out
    products = c_out * c_in * kernel**2 * height * width
    return parameters, products


@wrong(
    "06.3",
    "a bias at each place of the output",
    "The bias is shared over the whole map: there are c_out of them.",
)
def cost(c_in, c_out, kernel, height, width):
    places = height * width
    weights = c_out * c_in * kernel * kernel
    return weights + c_out * places, weights * places


@wrong(
    "06.3",
    "output size worked out again from height and width",
    "height and width already are those of the output.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * kernel * kernel * c_out
    places = (height - kernel + 1) * (width - kernel + 1)
    return weights + c_out, weights * places


@wrong(
    "06.3",
    "kernel not squared, and the bias left out",
    "A kernel has kernel * kernel entries, and each output channel has a bias.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel
    return weights, weights * height * width


@right("06.4", "the formula with a floor, none where nothing fits")
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    free = size + 2 * padding - reach
    return free // stride + 1 if free >= 0 else 0


@right("06.4", "a kernel walked along the axis and counted")
def output_size(size, kernel, stride, padding, dilation):
    places, start = 0, -padding
    while start + (kernel - 1) * dilation < size + padding:
        places += 1
        start += stride
    return places


@right("06.4", "length of a range of starting points")
def output_size(size, kernel, stride, padding, dilation):
    gaps = (kernel - 1) * (dilation - 1)
    return len(range(0, size + 2 * padding - kernel - gaps + 1, stride))


@wrong(
    "06.4",
    "reach of the kernel as dilation times kernel",
    "Gaps lie between entries only: the reach is dilation * (kernel - 1) + 1.",
)
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@wrong(
    "06.4",
    "rounded up",
    "A last step that does not fit is no place: round down.",
)
def output_size(size, kernel, stride, padding, dilation):
    free = size + 2 * padding - dilation * (kernel - 1) - 1
    return math.ceil(free / stride) + 1


@wrong(
    "06.4",
    "the 1 added before the division by the stride",
    "The first place is not divided by the stride: add the 1 at the end.",
)
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach + 1) // stride


@wrong(
    "06.4",
    "padding on one side only",
    "The frame lies on both sides: add 2 * padding.",
)
def output_size(size, kernel, stride, padding, dilation):
    size = size + padding
    return (size - dilation * (kernel - 1) - 1) // stride + 1


@wrong(
    "06.4",
    "plain division, so that halves come back",
    "The number of places is whole: divide with //.",
)
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@wrong(
    "06.4",
    "dilation added once, and the first place forgotten",
    "Each of the kernel - 1 gaps grows by the dilation, and the first place counts.",
)
def output_size(size, kernel, stride, padding, dilation):
    reach = kernel + dilation - 1
    return (size + 2 * padding - reach) // stride


# ---------------------------------------------------------------- 06.1


@right("06.1", "weights 1 and -1, half a pixel of room")
def detector(pattern):
    kernel = np.where(pattern > 0, 1.0, -1.0)
    return kernel, 0.5 - np.sum(pattern)


@right("06.1", "loops, paper weighs minus the number of pixels, lists come back")
def detector(pattern):
    pixels = pattern.size
    rows = [[1.0 if value else -float(pixels) for value in row] for row in pattern.tolist()]
    ink = sum(sum(row) for row in pattern.tolist())
    return rows, -(ink - 0.5)


@wrong("06.1", "the pattern as its own kernel", "Paper has weight 0, so too much ink is not noticed.")
def detector(pattern):
    return pattern.astype(float), 0.5 - pattern.sum()


@wrong("06.1", "mean taken off, no threshold", "Without a bias, patches that only resemble it pass.")
def detector(pattern):
    kernel = pattern - pattern.mean()
    return kernel, 0.0


@wrong("06.1", "threshold as large as the largest sum", "At the pattern itself 0 is left, which is not above 0.")
def detector(pattern):
    kernel = 2 * pattern - 1
    return kernel, -np.sum(kernel * pattern)


@wrong("06.1", "threshold counts all pixels", "The largest sum is the number of ink pixels, not of all pixels.")
def detector(pattern):
    return 2 * pattern - 1, 1.0 - pattern.size


@wrong("06.1", "bias for the kernel's own sum", "The bias has to take off the sum at the pattern: its ink, and not ink less paper.")
def detector(pattern):
    kernel = 2 * pattern - 1
    return kernel, 1 - kernel.sum()


@wrong("06.1", "threshold returned with its sign", "The bias is added: a threshold of S - 0.5 is a bias of 0.5 - S.")
def detector(pattern):
    return 2 * pattern - 1, pattern.sum() - 0.5


@wrong("06.1", "the kernel alone comes back", "Two values are asked for: the kernel and the bias.")
def detector(pattern):
    return 2 * pattern - 1


# ---------------------------------------------------------------- 06.2


@right("06.2", "a picture of zeros for each place, flattened")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    table = []
    for i in range(height - kh + 1):
        for j in range(width - kw + 1):
            blank = np.zeros((height, width))
            blank[i : i + kh, j : j + kw] = kernel
            table.append(blank.ravel())
    return np.array(table)


@right("06.2", "entry by entry, row and column numbers, nested lists")
def as_matrix(kernel, height, width):
    kh, kw = len(kernel), len(kernel[0])
    places = [(i, j) for i in range(height - kh + 1) for j in range(width - kw + 1)]
    out = [[0.0] * (height * width) for _ in places]
    for row, (i, j) in zip(out, places):
        for a in range(kh):
            for c in range(kw):
                row[(i + a) * width + j + c] = float(kernel[a][c])
    return out


@right("06.2", "what the convolution makes of every single pixel")
def as_matrix(kernel, height, width):
    columns = []
    for pixel in np.eye(height * width):
        view = np.lib.stride_tricks.sliding_window_view(pixel.reshape(height, width), kernel.shape)
        columns.append((view * kernel).sum(axis=(2, 3)).ravel())
    return np.stack(columns, axis=1)


@wrong("06.2", "columns counted with the width of the map", "A row of the image has W pixels: pixel (r, c) is column r W + c.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    rows, columns = height - kh + 1, width - kw + 1
    out = np.zeros((rows * columns, height * width))
    for i in range(rows):
        for j in range(columns):
            for a in range(kh):
                for c in range(kw):
                    out[i * columns + j, (i + a) * columns + j + c] = kernel[a, c]
    return out


@wrong("06.2", "pixels down, places across", "Rows belong to places, columns to pixels.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    rows, columns = height - kh + 1, width - kw + 1
    out = np.zeros((height, width, rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i : i + kh, j : j + kw, i, j] = kernel
    return out.reshape(height * width, rows * columns)


@wrong("06.2", "one row too few in each direction", "The kernel fits at H - kh + 1 heights.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    out = []
    for i in range(height - kh):
        for j in range(width - kw):
            blank = np.zeros((height, width))
            blank[i : i + kh, j : j + kw] = kernel
            out.append(blank.ravel())
    return np.array(out).reshape(-1, height * width)


@wrong("06.2", "the blank image is never renewed", "Every row begins with zeros; the earlier places must not stay in it.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    blank, out = np.zeros((height, width)), []
    for i in range(height - kh + 1):
        for j in range(width - kw + 1):
            blank[i : i + kh, j : j + kw] = kernel
            out.append(blank.ravel().copy())
    return np.array(out)


@wrong("06.2", "places down the columns first", "The places come in reading order: along a row first.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    out = []
    for j in range(width - kw + 1):
        for i in range(height - kh + 1):
            blank = np.zeros((height, width))
            blank[i : i + kh, j : j + kw] = kernel
            out.append(blank.ravel())
    return np.array(out)


@wrong("06.2", "kernel flattened and put at the start of the window", "The kernel's second row lies on the next row of the image.")
def as_matrix(kernel, height, width):
    kh, kw = kernel.shape
    rows, columns = height - kh + 1, width - kw + 1
    out = np.zeros((rows * columns, height * width))
    for i in range(rows):
        for j in range(columns):
            start = i * width + j
            piece = kernel.ravel()[: height * width - start]
            out[i * columns + j, start : start + len(piece)] = piece
    return out


# ---------------------------------------------------------------- 06.5


@right("06.5", "loops, the first largest by a strict comparison")
def max_pool_backward(dy, x, size):
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H, W))
    for n in range(N):
        for c in range(C):
            for i in range(H // size):
                for j in range(W // size):
                    best = (i * size, j * size)
                    for a in range(size):
                        for b in range(size):
                            if x[n, c, i * size + a, j * size + b] > x[n, c, best[0], best[1]]:
                                best = (i * size + a, j * size + b)
                    dx[n, c, best[0], best[1]] = dy[n, c, i, j]
    return dx


@right("06.5", "windows as a last axis, argmax and put_along_axis, float32")
def max_pool_backward(dy, x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    cut = x[:, :, : h * size, : w * size].reshape(N, C, h, size, w, size)
    flat = cut.transpose(0, 1, 2, 4, 3, 5).reshape(N, C, h, w, size * size)
    out = np.zeros_like(flat, dtype=np.float32)
    np.put_along_axis(out, flat.argmax(-1)[..., None], dy[..., None].astype(np.float32), -1)
    dx = np.zeros(x.shape, np.float32)
    back = out.reshape(N, C, h, w, size, size).transpose(0, 1, 2, 4, 3, 5)
    dx[:, :, : h * size, : w * size] = back.reshape(N, C, h * size, w * size)
    return dx


@wrong("06.5", "every pixel equal to the maximum gets it", "Of equally large pixels only the first gets the gradient.")
def max_pool_backward(dy, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        for a in range(i * size, (i + 1) * size):
            for b in range(j * size, (j + 1) * size):
                top = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size].max()
                if x[n, c, a, b] == top:
                    dx[n, c, a, b] = dy[n, c, i, j]
    return dx


@wrong("06.5", "the last of equals by >=", "The first of equals in reading order gets the gradient, not the last.")
def max_pool_backward(dy, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        top, at = -np.inf, None
        for a in range(i * size, (i + 1) * size):
            for b in range(j * size, (j + 1) * size):
                if x[n, c, a, b] >= top:
                    top, at = x[n, c, a, b], (a, b)
        dx[n, c, at[0], at[1]] = dy[n, c, i, j]
    return dx


@wrong("06.5", "gradient repeated over the whole window", "Only the winner of a window gets its gradient.")
def max_pool_backward(dy, x, size):
    dx = np.zeros(x.shape)
    big = dy.repeat(size, axis=2).repeat(size, axis=3)
    dx[:, :, : big.shape[2], : big.shape[3]] = big
    return dx


@wrong("06.5", "place inside the window used as place in the map", "Add the window's own beginning, i * size and j * size.")
def max_pool_backward(dy, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, a, b] += dy[n, c, i, j]
    return dx


@wrong("06.5", "what is left over is cut off", "dx has the shape of x; pixels in no window get 0.")
def max_pool_backward(dy, x, size):
    N, C, H, W = x.shape
    dx = np.zeros((N, C, H // size * size, W // size * size))
    for n, c, i, j in np.ndindex(dy.shape):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * size + a, j * size + b] = dy[n, c, i, j]
    return dx


@wrong("06.5", "the winner's value comes back", "What is handed on is dy, and not the pixel.")
def max_pool_backward(dy, x, size):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        window = x[n, c, i * size : (i + 1) * size, j * size : (j + 1) * size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * size + a, j * size + b] = window.max()
    return dx


# ---------------------------------------------------------------- 06.6


@right("06.6", "loops over images, kernels and places")
class Convolution:
    def __init__(self, weight, bias, padding):
        self.weight = weight
        self.bias = bias
        self.padding = padding

    def forward(self, x):
        p = self.padding
        N, C, H, W = x.shape
        O, _, kh, kw = self.weight.shape
        self.x = np.zeros((N, C, H + 2 * p, W + 2 * p))
        self.x[:, :, p : p + H, p : p + W] = x
        y = np.zeros((N, O, H + 2 * p - kh + 1, W + 2 * p - kw + 1))
        for n in range(N):
            for o in range(O):
                for i in range(y.shape[2]):
                    for j in range(y.shape[3]):
                        window = self.x[n, :, i : i + kh, j : j + kw]
                        y[n, o, i, j] = np.sum(window * self.weight[o]) + self.bias[o]
        return y

    def backward(self, dy):
        kh, kw = self.weight.shape[2:]
        dx, dweight = np.zeros(self.x.shape), np.zeros(self.weight.shape)
        dbias = np.zeros(len(self.bias))
        for n, o, i, j in np.ndindex(dy.shape):
            d = dy[n, o, i, j]
            dweight[o] += d * self.x[n, :, i : i + kh, j : j + kw]
            dx[n, :, i : i + kh, j : j + kw] += d * self.weight[o]
            dbias[o] += d
        p = self.padding
        H, W = dx.shape[2:]
        return dx[:, :, p : H - p, p : W - p], dweight, dbias


@right("06.6", "einsum, and the turned kernel over a framed dy")
class Convolution:
    def __init__(self, weight, bias, padding):
        self.w, self.b, self.p = weight, bias, padding

    def windows(self, a, kh, kw):
        return np.lib.stride_tricks.sliding_window_view(a, (kh, kw), axis=(2, 3))

    def forward(self, x):
        frame = [(0, 0), (0, 0), (self.p, self.p), (self.p, self.p)]
        self.framed = np.pad(x, frame)
        seen = self.windows(self.framed, *self.w.shape[2:])
        return np.einsum("ncijab,ocab->noij", seen, self.w) + self.b[None, :, None, None]

    def backward(self, dy):
        kh, kw = self.w.shape[2:]
        dw = np.einsum("noij,ncijab->ocab", dy, self.windows(self.framed, kh, kw))
        wide = np.pad(dy, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
        turned = self.w[:, :, ::-1, ::-1]
        dx = np.einsum("noijab,ocab->ncij", self.windows(wide, kh, kw), turned)
        if self.p:
            dx = dx[:, :, self.p : -self.p, self.p : -self.p]
        return [dx, dw, np.einsum("noij->o", dy)]


@right("06.6", "a loop over the entries of the kernel, float32")
class Convolution:
    def __init__(self, weight, bias, padding):
        self.weight, self.bias, self.padding = weight.astype(np.float32), bias, padding

    def forward(self, x):
        p = self.padding
        self.x = np.pad(x.astype(np.float32), ((0, 0), (0, 0), (p, p), (p, p)))
        _, _, kh, kw = self.weight.shape
        h, w = self.x.shape[2] - kh + 1, self.x.shape[3] - kw + 1
        y = self.bias[:, None, None].astype(np.float32)
        for a in range(kh):
            for d in range(kw):
                part = self.x[:, :, a : a + h, d : d + w]
                y = y + np.tensordot(part, self.weight[:, :, a, d], (1, 1)).transpose(0, 3, 1, 2)
        return y

    def backward(self, dy):
        dy = dy.astype(np.float32)
        _, _, kh, kw = self.weight.shape
        h, w = dy.shape[2:]
        dx, dweight = np.zeros_like(self.x), np.zeros_like(self.weight)
        for a in range(kh):
            for d in range(kw):
                part = self.x[:, :, a : a + h, d : d + w]
                dweight[:, :, a, d] = np.tensordot(dy, part, ((0, 2, 3), (0, 2, 3)))
                back = np.tensordot(dy, self.weight[:, :, a, d], (1, 0)).transpose(0, 3, 1, 2)
                dx[:, :, a : a + h, d : d + w] += back
        p = self.padding
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p], dweight, dy.sum((0, 2, 3))


def _loops(x, w, b, p, dy):
    """Windows and sums that the wrong answers below share."""
    framed = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    seen = np.lib.stride_tricks.sliding_window_view(framed, w.shape[2:], axis=(2, 3))
    dx = np.zeros(framed.shape)
    if dy is not None:
        for n, o, i, j in np.ndindex(dy.shape):
            dx[n, :, i : i + w.shape[2], j : j + w.shape[3]] += dy[n, o, i, j] * w[o]
    return seen, dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


class _Base:
    def __init__(self, weight, bias, padding):
        self.w, self.b, self.p = weight, bias, padding

    def forward(self, x):
        self.x = x
        self.seen, _ = _loops(x, self.w, self.b, self.p, None)
        return np.einsum("ncijab,ocab->noij", self.seen, self.w) + self.b[:, None, None]

    def backward(self, dy):
        _, dx = _loops(self.x, self.w, self.b, self.p, dy)
        return dx, np.einsum("noij,ncijab->ocab", dy, self.seen), dy.sum((0, 2, 3))


@wrong("06.6", "the bias is forgotten", "Add bias[o] to every place of map o.")
class Convolution(_Base):
    def forward(self, x):
        return super().forward(x) - self.b[:, None, None]


@wrong("06.6", "the gradient of the frame comes back as well", "Cut the frame off dx.")
class Convolution(_Base):
    def backward(self, dy):
        framed = np.pad(self.x, ((0, 0), (0, 0), (self.p,) * 2, (self.p,) * 2))
        _, dx = _loops(framed, self.w, self.b, 0, dy)
        return dx, *super().backward(dy)[1:]


@wrong("06.6", "pixels overwritten where windows overlap", "A pixel lies in several windows: their shares add up.")
class Convolution(_Base):
    def backward(self, dy):
        dx, dw, db = super().backward(dy)
        p, (kh, kw) = self.p, self.w.shape[2:]
        framed = np.zeros((dx.shape[0], dx.shape[1], dx.shape[2] + 2 * p, dx.shape[3] + 2 * p))
        for n, o, i, j in np.ndindex(dy.shape):
            framed[n, :, i : i + kh, j : j + kw] = dy[n, o, i, j] * self.w[o]
        return framed[:, :, p : framed.shape[2] - p, p : framed.shape[3] - p], dw, db


@wrong("06.6", "only the last kernel reaches the image", "All kernels use the pixel: their shares add up.")
class Convolution(_Base):
    def backward(self, dy):
        _, dw, db = super().backward(dy)
        last = _loops(self.x, self.w[-1:], self.b, self.p, dy[:, -1:])[1]
        return last, dw, db


@wrong("06.6", "framed dy with the kernel as it is", "Over a framed dy the kernel has to be turned around.")
class Convolution(_Base):
    def backward(self, dy):
        _, dw, db = super().backward(dy)
        kh, kw = self.w.shape[2:]
        wide = np.pad(dy, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
        view = np.lib.stride_tricks.sliding_window_view(wide, (kh, kw), axis=(2, 3))
        dx = np.einsum("noijab,ocab->ncij", view, self.w)
        p = self.p
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p], dw, db


@wrong("06.6", "mean over the batch", "The gradients are sums: the mean is in the loss already.")
class Convolution(_Base):
    def backward(self, dy):
        dx, dw, db = super().backward(dy)
        return dx, dw / len(dy), db / len(dy)


@wrong("06.6", "padding at the end only", "The frame lies on all four sides.")
class Convolution(_Base):
    def forward(self, x):
        p = self.p
        wide = np.pad(x, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))
        self.x = x
        self.seen = np.lib.stride_tricks.sliding_window_view(wide, self.w.shape[2:], axis=(2, 3))
        return np.einsum("ncijab,ocab->noij", self.seen, self.w) + self.b[:, None, None]


@wrong("06.6", "every image leaves its own dbias", "dbias has one number for each map: sum over the images too.")
class Convolution(_Base):
    def backward(self, dy):
        dx, dw, _ = super().backward(dy)
        return dx, dw, dy.sum((2, 3))


@wrong("06.6", "gradients are added to those of the call before", "Begin each backward pass with zeros.")
class Convolution(_Base):
    def __init__(self, weight, bias, padding):
        super().__init__(weight, bias, padding)
        self.dw, self.db = np.zeros(weight.shape), np.zeros(bias.shape)

    def backward(self, dy):
        dx, dw, db = super().backward(dy)
        self.dw += dw
        self.db += db
        return dx, self.dw, self.db

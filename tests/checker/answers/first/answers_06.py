"""Answers to the exercises of lesson 06, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


# ---------------------------------------------------------------- 06.1


@right("06.1", "four loops, a list of rows comes back")
def convolve(image, kernel):
    H, W = len(image), len(image[0])
    kh, kw = len(kernel), len(kernel[0])
    out = []
    for i in range(H - kh + 1):
        row = []
        for j in range(W - kw + 1):
            total = 0.0
            for a in range(kh):
                for c in range(kw):
                    total += kernel[a][c] * image[i + a][j + c]
            row.append(float(total))
        out.append(row)
    return out


@right("06.1", "sliding windows and einsum")
def convolve(image, kernel):
    view = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijac,ac->ij", view, kernel)


@right("06.1", "one moved picture for each entry of the kernel, float32")
def convolve(image, kernel):
    image = np.asarray(image, dtype=np.float32)
    h = image.shape[0] - kernel.shape[0] + 1
    w = image.shape[1] - kernel.shape[1] + 1
    y = np.zeros((h, w), dtype=np.float32)
    for (a, c), weight in np.ndenumerate(kernel):
        y += np.float32(weight) * image[a : a + h, c : c + w]
    return y


@wrong(
    "06.1",
    "matrix product of patch and kernel",
    "@ multiplies rows by columns: each pixel meets the entry on top of it, use *.",
)
def convolve(image, kernel):
    kh, kw = kernel.shape
    H, W = image.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] @ kernel)
    return out


@wrong(
    "06.1",
    "output array of whole numbers",
    "dtype=int cuts off every decimal: let the output be of floats.",
)
def convolve(image, kernel):
    kh, kw = kernel.shape
    H, W = image.shape
    out = np.zeros((H - kh + 1, W - kw + 1), dtype=int)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


@wrong(
    "06.1",
    "kernel turned around first",
    "The sum in the text does not turn the kernel: k_ac meets x_(i+a, j+c).",
)
def convolve(image, kernel):
    k = kernel[::-1, ::-1]
    view = np.lib.stride_tricks.sliding_window_view(image, k.shape)
    return (view * k).sum(axis=(2, 3))


@wrong(
    "06.1",
    "height and width of the kernel exchanged in the output",
    "kernel.shape is (kh, kw): rows belong to H, columns to W.",
)
def convolve(image, kernel):
    kw, kh = kernel.shape
    H, W = image.shape
    out = np.zeros((H - kh + 1, W - kw + 1))
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


@wrong(
    "06.1",
    "slice ends at kh and kw instead of i + kh and j + kw",
    "The patch has to move: it ends at i + kh and j + kw.",
)
def convolve(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [[np.sum(image[i:kh, j:kw] * kernel) for j in range(w)] for i in range(h)]
    )


@wrong(
    "06.1",
    "last row and column of places left out, and the mean taken",
    "There are H - kh + 1 places, and the patch times the kernel is summed.",
)
def convolve(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape[0] - kh, image.shape[1] - kw
    out = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = np.mean(image[i : i + kh, j : j + kw] * kernel)
    return out


# ---------------------------------------------------------------- 06.2


@right("06.2", "transpose")
def to_channels(photos):
    return photos.transpose(0, 3, 1, 2) / 255


@right("06.2", "moveaxis, float32")
def to_channels(photos):
    return np.moveaxis(photos, -1, 1).astype(np.float32) / 255


@right("06.2", "filled channel by channel in a loop")
def to_channels(photos):
    count, height, width, channels = photos.shape
    out = np.empty((count, channels, height, width))
    for c in range(channels):
        out[:, c] = photos[..., c] / 255.0
    return out


@wrong(
    "06.2",
    "axes 1 and 3 exchanged",
    "swapaxes also turns rows into columns: the pictures lie on their side.",
)
def to_channels(photos):
    return photos.swapaxes(1, 3) / 255


@wrong(
    "06.2",
    "transposed, result thrown away, then reshape as before",
    "transpose returns a new array: keep it, and drop the reshape.",
)
def to_channels(photos):
    count, height, width, channels = photos.shape
    photos.transpose(0, 3, 1, 2)
    return photos.reshape(count, channels, height, width) / 255


@wrong(
    "06.2",
    "right axes, but integer division",
    "// leaves only 0 and 1: divide with /.",
)
def to_channels(photos):
    return np.transpose(photos, (0, 3, 1, 2)) // 255


@wrong(
    "06.2",
    "reshape with another memory order",
    "Another order of reading is still no exchange of axes: use transpose.",
)
def to_channels(photos):
    count, height, width, channels = photos.shape
    return photos.reshape((count, channels, height, width), order="F") / 255


@wrong(
    "06.2",
    "all axes turned round with .T, and the division forgotten",
    ".T turns the images' axis to the end, and the numbers must go from 0 to 1.",
)
def to_channels(photos):
    return photos.T.astype(float)


# ---------------------------------------------------------------- 06.3


@right("06.3", "the formula with a floor, none where nothing fits")
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    free = size + 2 * padding - reach
    return free // stride + 1 if free >= 0 else 0


@right("06.3", "a kernel walked along the axis and counted")
def output_size(size, kernel, stride, padding, dilation):
    places, start = 0, -padding
    while start + (kernel - 1) * dilation < size + padding:
        places += 1
        start += stride
    return places


@right("06.3", "length of a range of starting points")
def output_size(size, kernel, stride, padding, dilation):
    gaps = (kernel - 1) * (dilation - 1)
    return len(range(0, size + 2 * padding - kernel - gaps + 1, stride))


@wrong(
    "06.3",
    "reach of the kernel as dilation times kernel",
    "Gaps lie between entries only: the reach is dilation * (kernel - 1) + 1.",
)
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@wrong(
    "06.3",
    "rounded up",
    "A last step that does not fit is no place: round down.",
)
def output_size(size, kernel, stride, padding, dilation):
    free = size + 2 * padding - dilation * (kernel - 1) - 1
    return math.ceil(free / stride) + 1


@wrong(
    "06.3",
    "the 1 added before the division by the stride",
    "The first place is not divided by the stride: add the 1 at the end.",
)
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach + 1) // stride


@wrong(
    "06.3",
    "padding on one side only",
    "The frame lies on both sides: add 2 * padding.",
)
def output_size(size, kernel, stride, padding, dilation):
    size = size + padding
    return (size - dilation * (kernel - 1) - 1) // stride + 1


@wrong(
    "06.3",
    "plain division, so that halves come back",
    "The number of places is whole: divide with //.",
)
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@wrong(
    "06.3",
    "dilation added once, and the first place forgotten",
    "Each of the kernel - 1 gaps grows by the dilation, and the first place counts.",
)
def output_size(size, kernel, stride, padding, dilation):
    reach = kernel + dilation - 1
    return (size + 2 * padding - reach) // stride


# ---------------------------------------------------------------- 06.4


@right("06.4", "cut to whole windows, reshape, maximum over two axes")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    whole = x[:, :, : h * size, : w * size]
    return whole.reshape(N, C, h, size, w, size).max(axis=(3, 5))


@right("06.4", "loops over all places, nested lists come back")
def max_pool(x, size):
    N, C, H, W = x.shape
    out = [[[] for _ in range(C)] for _ in range(N)]
    for n in range(N):
        for c in range(C):
            for i in range(0, H - size + 1, size):
                row = []
                for j in range(0, W - size + 1, size):
                    row.append(x[n, c, i : i + size, j : j + size].max())
                out[n][c].append(row)
    return out


@right("06.4", "running maximum over the size * size thinned-out pictures, float32")
def max_pool(x, size):
    x = x.astype(np.float32)
    h, w = x.shape[2] // size, x.shape[3] // size
    best = np.full((*x.shape[:2], h, w), -np.inf, dtype=np.float32)
    for a in range(size):
        for b in range(size):
            some = x[:, :, a : h * size : size, b : w * size : size]
            np.maximum(best, some, out=best)
    return best


@wrong(
    "06.4",
    "rest cut off with a negative slice",
    "If nothing is left over, [:-0] is empty: cut at H // size * size.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    x = x[:, :, : -(H % size), : -(W % size)]
    return x.reshape(N, C, H // size, size, W // size, size).max(axis=(3, 5))


@wrong(
    "06.4",
    "windows cut by reshape in the wrong order of axes",
    "reshape reads along the rows: the axes must be h, size, w, size.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    x = x[:, :, : h * size, : w * size]
    return x.reshape(N, C, h, w, size, size).max(axis=(4, 5))


@wrong(
    "06.4",
    "largest value starts at 0",
    "A window of negative numbers comes out as 0: start at -inf or at the first pixel.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            for a in range(size):
                for b in range(size):
                    pixel = x[:, :, i * size + a, j * size + b]
                    out[:, :, i, j] = np.maximum(out[:, :, i, j], pixel)
    return out


@wrong(
    "06.4",
    "windows that overlap, each one pixel further",
    "The windows lie side by side: the next one starts size pixels further.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    out = np.zeros((N, C, H // size, W // size))
    for i in range(H // size):
        for j in range(W // size):
            out[:, :, i, j] = x[:, :, i : i + size, j : j + size].max(axis=(2, 3))
    return out


@wrong(
    "06.4",
    "windows that are not full are kept",
    "Rows and columns that fill no whole window are left out: use //.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = math.ceil(H / size), math.ceil(W / size)
    out = np.zeros((N, C, h, w))
    for i in range(h):
        for j in range(w):
            window = x[:, :, i * size : (i + 1) * size, j * size : (j + 1) * size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out


@wrong(
    "06.4",
    "one maximum for all images and channels, rows and columns exchanged",
    "Each image and channel has its own maximum, and H // size comes before W // size.",
)
def max_pool(x, size):
    N, C, H, W = x.shape
    out = np.zeros((N, C, W // size, H // size))
    for i in range(H // size):
        for j in range(W // size):
            r, c = i * size, j * size
            out[:, :, j, i] = x[:, :, r : r + size, c : c + size].max()
    return out


# ---------------------------------------------------------------- 06.5


@right("06.5", "two products")
def cost(c_in, c_out, kernel, height, width):
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width


@right("06.5", "counted from the shapes with math.prod, a list comes back")
def cost(c_in, c_out, kernel, height, width):
    weight, bias = (c_out, c_in, kernel, kernel), (c_out,)
    maps = (height, width)
    return [math.prod(weight) + math.prod(bias), math.prod(weight + maps)]


@right("06.5", "one output channel after another")
def cost(c_in, c_out, kernel, height, width):
    parameters = multiplications = 0
    for _ in range(c_out):
        slices = sum(kernel * kernel for _ in range(c_in))
        parameters += slices + 1
        multiplications += slices * height * width
    return parameters, multiplications


@wrong(
    "06.5",
    "one bias for each channel that comes in",
    "Each output map has one bias: add c_out.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel * kernel
    return weights + c_in, weights * height * width


@wrong(
    "06.5",
    "biases counted among the multiplications",
    "A bias is added and multiplies nothing: leave it out of the second number.",
)
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * (c_in * kernel**2 + 1)
    return parameters, parameters * height * width


@wrong(
    "06.5",
    "one slice of the kernel shared by all input channels",
    "A kernel has its own slice for each input channel: the weights need c_in.",
)
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * kernel**2 + c_out
    products = c_out * c_in * kernel**2 * height * width
    return parameters, products


@wrong(
    "06.5",
    "a bias at each place of the output",
    "The bias is shared over the whole map: there are c_out of them.",
)
def cost(c_in, c_out, kernel, height, width):
    places = height * width
    weights = c_out * c_in * kernel * kernel
    return weights + c_out * places, weights * places


@wrong(
    "06.5",
    "output size worked out again from height and width",
    "height and width already are those of the output.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * kernel * kernel * c_out
    places = (height - kernel + 1) * (width - kernel + 1)
    return weights + c_out, weights * places


@wrong(
    "06.5",
    "kernel not squared, and the bias left out",
    "A kernel has kernel * kernel entries, and each output channel has a bias.",
)
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel
    return weights, weights * height * width


# ---------------------------------------------------------------- 06.6


@right("06.6", "place by place, both gradients added up")
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
    return dimage, dkernel


def _slide(image, kernel):
    view = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijac,ac->ij", view, kernel)


@right("06.6", "two convolutions: padded dy with the turned kernel, image with dy")
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    framed = np.pad(dy, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    return _slide(framed, kernel[::-1, ::-1]), _slide(image, dy)


@right("06.6", "entry by entry of the kernel, lists come back")
def convolve_backward(dy, image, kernel):
    h, w = dy.shape
    dimage, dkernel = np.zeros(image.shape), []
    for a, row in enumerate(kernel):
        dkernel.append([])
        for c, weight in enumerate(row):
            dkernel[a].append(float(np.sum(dy * image[a : a + h, c : c + w])))
            dimage[a : a + h, c : c + w] += weight * dy
    return dimage.tolist(), dkernel


@wrong(
    "06.6",
    "gradient of the image written over, not added",
    "A pixel lies in several patches: use += for dimage too.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dimage[i : i + kh, j : j + kw] = dy[i, j] * kernel
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
    return dimage, dkernel


@wrong(
    "06.6",
    "padded dy with the kernel as it is",
    "On the way back the kernel has to be turned around in both axes.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    framed = np.pad(dy, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    return _slide(framed, kernel), _slide(image, dy)


@wrong(
    "06.6",
    "frame of kw - 1 above and kh - 1 beside",
    "kh belongs to the rows: the frame is exchanged where the kernel is not square.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    framed = np.pad(dy, ((kw - 1, kw - 1), (kh - 1, kh - 1)))
    dimage = _slide(framed, kernel[::-1, ::-1])
    dkernel = _slide(image, dy)
    return dimage, dkernel


@wrong(
    "06.6",
    "gradient of the kernel averaged over the places",
    "The gradients of a shared weight add up: do not divide by the places.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    h, w = dy.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for a in range(kh):
        for c in range(kw):
            dkernel[a, c] = np.mean(dy * image[a : a + h, c : c + w])
            dimage[a : a + h, c : c + w] += dy * kernel[a, c]
    return dimage, dkernel


@wrong(
    "06.6",
    "dimage is the image itself, emptied before it is read",
    "dimage = image makes no copy: you erase the pixels that dkernel needs.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = image, np.zeros(kernel.shape)
    dimage[:] = 0
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
    return dimage, dkernel


@wrong(
    "06.6",
    "dy turned around for the kernel, and the results exchanged",
    "dkernel takes dy as it is, and dimage is returned first.",
)
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    framed = np.pad(dy, ((kh - 1,), (kw - 1,)))
    dimage = _slide(framed, kernel[::-1, ::-1])
    dkernel = _slide(image, dy[::-1, ::-1])
    return dkernel, dimage

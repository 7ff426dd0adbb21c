"""Answers to the exercises of lesson 06, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong

# 06.1


@right("06.1", "nested comprehensions, lists come back")
def convolve(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    return [
        [
            sum(kernel[a, c] * image[i + a, j + c] for a in range(kh) for c in range(kw))
            for j in range(W - kw + 1)
        ]
        for i in range(H - kh + 1)
    ]


@right("06.1", "one shifted image for each entry of the kernel")
def convolve(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = np.zeros((h, w))
    for a in range(kh):
        for c in range(kw):
            y += kernel[a, c] * image[a : a + h, c : c + w]
    return y


@right("06.1", "patches as rows of a matrix, one product")
def convolve(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    rows = [image[i : i + kh, j : j + kw].ravel() for i in range(h) for j in range(w)]
    return (np.array(rows) @ kernel.ravel()).reshape(h, w)


@wrong("06.1", "kernel turned around", "the formula lays the kernel on the patch as it is; turning it is the mathematicians' form")
def convolve(image, kernel):
    patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", patches, kernel[::-1, ::-1])


@wrong("06.1", "zeros around, output as large as the image", "only places where the kernel fits count, so no padding")
def convolve(image, kernel):
    kh, kw = kernel.shape
    wide = np.pad(image, ((kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2)))
    patches = np.lib.stride_tricks.sliding_window_view(wide, kernel.shape)
    return np.einsum("ijab,ab->ij", patches, kernel)


@wrong("06.1", "height of the kernel used for both axes", "the kernel is not always square: columns need kw")
def convolve(image, kernel):
    k = len(kernel)
    h, w = image.shape[0] - k + 1, image.shape[1] - k + 1
    y = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            y[i, j] = np.sum(image[i : i + k, j : j + k] * kernel)
    return y


@wrong("06.1", "matrix product of patch and kernel", "multiply entry by entry; @ mixes rows with columns")
def convolve(image, kernel):
    kh, kw = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [[np.sum(image[i : i + kh, j : j + kw] @ kernel.T) for j in range(w)] for i in range(h)]
    )


@wrong("06.1", "result in whole numbers", "an integer array cuts off what stands behind the point")
def convolve(image, kernel):
    kh, kw = kernel.shape
    y = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1), dtype=int)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return y


@wrong("06.1", "rows and columns of the output exchanged, last place missing", "i runs over rows and is the first index, and the kernel fits at H - kh + 1 places, not H - kh")
def convolve(image, kernel):
    H, W = image.shape
    kh, kw = kernel.shape
    y = np.zeros((W - kw + 1, H - kh + 1))
    for i in range(H - kh):
        for j in range(W - kw):
            y[j, i] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return y


@wrong("06.1", "separate sums of rows and columns", "a kernel is not the product of its row sums and column sums in general")
def convolve(image, kernel):
    kh, kw = kernel.shape
    down, across = kernel.sum(axis=1), kernel.sum(axis=0)
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    first = sum(down[a] * image[a : a + h] for a in range(kh))
    return sum(across[c] * first[:, c : c + w] for c in range(kw))


# 06.2


@right("06.2", "moveaxis")
def to_channels(photos):
    return np.moveaxis(photos, -1, 1) / 255


@right("06.2", "one channel after the other, float32")
def to_channels(photos):
    return np.stack([photos[..., c] for c in range(3)], axis=1).astype(np.float32) / 255


@right("06.2", "einsum, scaled before")
def to_channels(photos):
    return np.einsum("nhwc->nchw", photos / 255.0)


@wrong("06.2", "swapaxes(1, 3)", "height and width are exchanged: every picture lies on its side")
def to_channels(photos):
    return photos.swapaxes(1, 3) / 255


@wrong("06.2", "reshape in Fortran order", "reshape in any order cuts memory anew; axes must be moved")
def to_channels(photos):
    count, height, width, channels = photos.shape
    return photos.reshape((count, channels, height, width), order="F") / 255


@wrong("06.2", "transposed, division by 255 lost", "the numbers must lie between 0 and 1")
def to_channels(photos):
    return photos.transpose(0, 3, 1, 2)


@wrong("06.2", "whole-number division", "// leaves only 0 and 1; use /")
def to_channels(photos):
    return photos.transpose(0, 3, 1, 2) // 255


@wrong("06.2", "divided by the largest value of each picture", "255 is the scale of the bytes; a dark picture must stay dark")
def to_channels(photos):
    x = np.moveaxis(photos, 3, 1)
    return x / x.max(axis=(1, 2, 3), keepdims=True)


@wrong("06.2", "channels moved and turned around, blue first", "the pictures keep their order of colours")
def to_channels(photos):
    return photos[..., ::-1].transpose(0, 3, 1, 2) / 255


# 06.3


@right("06.3", "the formula")
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach) // stride + 1


@right("06.3", "counts the places in a loop")
def output_size(size, kernel, stride, padding, dilation):
    places, start = 0, -padding
    while start + dilation * (kernel - 1) < size + padding:
        places += 1
        start += stride
    return places


@right("06.3", "length of a range")
def output_size(size, kernel, stride, padding, dilation):
    wide = kernel + (kernel - 1) * (dilation - 1)
    return len(range(0, size + padding + padding - wide + 1, stride))


@wrong("06.3", "reach = dilation * kernel", "there is no gap behind the last entry: it reaches dilation * (kernel - 1) + 1 pixels")
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@wrong("06.3", "padding on one side only", "the frame is on both sides, so twice the padding")
def output_size(size, kernel, stride, padding, dilation):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@wrong("06.3", "+ 1 before the division", "the last + 1 counts the first place and stands outside the division")
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1)) // stride


@wrong("06.3", "rounded to the nearest", "a place that is cut off does not count: round down")
def output_size(size, kernel, stride, padding, dilation):
    return round((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@wrong("06.3", "gaps of d pixels", "dilation d leaves gaps of d - 1 pixels, so d = 1 means no gap")
def output_size(size, kernel, stride, padding, dilation):
    reach = kernel + dilation * (kernel - 1)
    return (size + 2 * padding - reach) // stride + 1


@wrong("06.3", "ceil, and stride applied to the pixels only", "the kernel is subtracted before dividing by the stride, and the result is rounded down")
def output_size(size, kernel, stride, padding, dilation):
    return math.ceil((size + 2 * padding) / stride) - dilation * (kernel - 1)


# 06.4


@right("06.4", "windows in four loops")
def max_pool(x, size):
    N, C, H, W = x.shape
    y = np.empty((N, C, H // size, W // size))
    for n in range(N):
        for c in range(C):
            for i in range(H // size):
                for j in range(W // size):
                    a, b = i * size, j * size
                    y[n, c, i, j] = x[n, c, a : a + size, b : b + size].max()
    return y


@right("06.4", "maximum of size * size strided copies")
def max_pool(x, size):
    h, w = x.shape[2] // size * size, x.shape[3] // size * size
    copies = [x[:, :, a:h:size, b:w:size] for a in range(size) for b in range(size)]
    return np.maximum.reduce(copies)


@right("06.4", "six axes and two maxima, one after the other")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    whole = x[:, :, : h * size, : w * size]
    return whole.reshape(N, C, h, size, w, size).max(axis=5).max(axis=3)


@wrong("06.4", "running maximum that starts at 0", "a window of negative numbers has a negative maximum; start at minus infinity")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    y = np.zeros((N, C, h, w))
    for a in range(size):
        for b in range(size):
            y = np.maximum(y, x[:, :, a : h * size : size, b : w * size : size])
    return y


@wrong("06.4", "window axes at the end of the reshape", "this reshape cuts runs of size * size neighbours in memory, not squares")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    return x[:, :, : h * size, : w * size].reshape(N, C, h, w, size, size).max(axis=(4, 5))


@wrong("06.4", "windows overlap", "windows stand side by side: move on by size, not by 1")
def max_pool(x, size):
    h, w = x.shape[2] // size, x.shape[3] // size
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))
    return windows.max(axis=(4, 5))[:, :, :h, :w]


@wrong("06.4", "incomplete windows kept at the rim", "rows and columns that fill no whole window are left out")
def max_pool(x, size):
    down = np.maximum.reduceat(x, np.arange(0, x.shape[2], size), axis=2)
    return np.maximum.reduceat(down, np.arange(0, x.shape[3], size), axis=3)


@wrong("06.4", "largest absolute value", "asked is the largest value; -5 is smaller than 2")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    x = x[:, :, : h * size, : w * size].reshape(N, C, h, size, w, size)
    high, low = x.max(axis=(3, 5)), x.min(axis=(3, 5))
    return np.where(high > -low, high, low)


@wrong("06.4", "height and width mixed up, nothing cut off", "take h from H and w from W, and cut the image before reshaping")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = W // size, H // size
    return x.reshape(N, C, h, size, w, size).max(axis=(3, 5))


@wrong("06.4", "maximum over the grid instead of the window", "axes 2 and 4 number the windows; the pixels in a window are axes 3 and 5")
def max_pool(x, size):
    N, C, H, W = x.shape
    h, w = H // size, W // size
    x = x[:, :, : h * size, : w * size]
    return x.reshape(N, C, h, size, w, size).max(axis=(2, 4))


# 06.5


@right("06.5", "two products")
def cost(c_in, c_out, kernel, height, width):
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width


@right("06.5", "counts with arrays, a list comes back")
def cost(c_in, c_out, kernel, height, width):
    weight, bias = np.zeros((c_out, c_in, kernel, kernel)), np.zeros(c_out)
    return [weight.size + bias.size, weight[0].size * c_out * height * width]


@right("06.5", "map by map")
def cost(c_in, c_out, kernel, height, width):
    parameters = products = 0
    for _ in range(c_out):
        one = sum(kernel * kernel for _ in range(c_in))
        parameters += one + 1
        products += one * height * width
    return parameters, products


@wrong("06.5", "bias multiplied too", "a bias is added, so it costs no multiplication")
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * (c_in * kernel * kernel + 1)
    return parameters, parameters * height * width


@wrong("06.5", "one bias for each pair of channels", "each output channel has one bias")
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * c_in * (kernel * kernel + 1)
    return parameters, c_out * c_in * kernel * kernel * height * width


@wrong("06.5", "kernel taken off the size of the maps", "height and width already are those of the output maps")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel * kernel
    return weights + c_out, weights * (height - kernel + 1) * (width - kernel + 1)


@wrong("06.5", "kernel not squared", "a kernel has kernel * kernel entries")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel
    return weights + c_out, weights * height * width


@wrong("06.5", "multiplications and additions counted", "only multiplications are asked, so no factor 2")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel**2
    return weights + c_out, 2 * weights * height * width


@wrong("06.5", "like a dense layer", "the weights are shared over all places; a convolution does not have its own for each pixel")
def cost(c_in, c_out, kernel, height, width):
    products = c_in * c_out * kernel**2 * height * width
    return products + c_out * height * width, products


@wrong("06.5", "bias by input channel, results exchanged", "there is one bias for each output channel, and the parameters come first")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel**2
    return weights * height * width, weights + c_in


# 06.6


@right("06.6", "four loops that follow the forward pass")
def convolve_backward(dy, image, kernel):
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            for a in range(kernel.shape[0]):
                for c in range(kernel.shape[1]):
                    dimage[i + a, j + c] += dy[i, j] * kernel[a, c]
                    dkernel[a, c] += dy[i, j] * image[i + a, j + c]
    return dimage, dkernel


@right("06.6", "two correlations: turned kernel on padded dy, dy on the image")
def convolve_backward(dy, image, kernel):
    view = np.lib.stride_tricks.sliding_window_view
    kh, kw = kernel.shape
    wide = np.pad(dy, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    dimage = np.einsum("ijac,ac->ij", view(wide, kernel.shape), kernel[::-1, ::-1])
    dkernel = np.einsum("acij,ij->ac", view(image, dy.shape), dy)
    return dimage, dkernel


@right("06.6", "the layer as a matrix of places and pixels, a list comes back")
def convolve_backward(dy, image, kernel):
    h, w = dy.shape
    kh, kw = kernel.shape
    layer = np.zeros((h, w, *image.shape))
    for i in range(h):
        for j in range(w):
            layer[i, j, i : i + kh, j : j + kw] = kernel
    dimage = np.tensordot(dy, layer, axes=2)
    dkernel = [[np.sum(dy * image[a : a + h, c : c + w]) for c in range(kw)] for a in range(kh)]
    return [dimage, np.array(dkernel)]


@wrong("06.6", "= instead of += on the image", "a pixel lies in several patches: its gradients add up")
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dimage[i : i + kh, j : j + kw] = dy[i, j] * kernel
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
    return dimage, dkernel


@wrong("06.6", "padded dy with the kernel not turned", "seen from the pixel the kernel is turned around in both axes")
def convolve_backward(dy, image, kernel):
    view = np.lib.stride_tricks.sliding_window_view
    kh, kw = kernel.shape
    wide = np.pad(dy, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    dimage = np.einsum("ijac,ac->ij", view(wide, kernel.shape), kernel)
    return dimage, np.einsum("acij,ij->ac", view(image, dy.shape), dy)


@wrong("06.6", "kernel gradient as a mean over the places", "the loss's gradient sums over the places; nobody divided on the way forward")
def convolve_backward(dy, image, kernel):
    h, w = dy.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for a in range(kernel.shape[0]):
        for c in range(kernel.shape[1]):
            dimage[a : a + h, c : c + w] += kernel[a, c] * dy
            dkernel[a, c] = np.mean(dy * image[a : a + h, c : c + w])
    return dimage, dkernel


@wrong("06.6", "gradient of the image starts as a copy of the image", "a gradient starts at 0, not at the value")
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = image.copy(), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
            dkernel += dy[i, j] * image[i : i + kh, j : j + kw]
    return dimage, dkernel


@wrong("06.6", "kernel in both products", "the kernel's gradient is dy times the pixels, not dy times the kernel")
def convolve_backward(dy, image, kernel):
    kh, kw = kernel.shape
    dimage, dkernel = np.zeros(image.shape), np.zeros(kernel.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dimage[i : i + kh, j : j + kw] += dy[i, j] * kernel
            dkernel += dy[i, j] * kernel
    return dimage, dkernel


@wrong("06.6", "paddings exchanged and results exchanged", "rows are padded by kh - 1, columns by kw - 1, and dimage comes first")
def convolve_backward(dy, image, kernel):
    view = np.lib.stride_tricks.sliding_window_view
    kh, kw = kernel.shape
    wide = np.pad(dy, ((kw - 1, kw - 1), (kh - 1, kh - 1)))
    dimage = np.einsum("ijac,ac->ij", view(wide, kernel.shape), kernel[::-1, ::-1])
    return np.einsum("acij,ij->ac", view(image, dy.shape), dy), dimage


@wrong("06.6", "kernel gradient from the image's upper left corner only", "the weight reads another pixel at every place; you multiply the sum of dy with one pixel")
def convolve_backward(dy, image, kernel):
    h, w = dy.shape
    kh, kw = kernel.shape
    dimage = np.zeros(image.shape)
    for a in range(kh):
        for c in range(kw):
            dimage[a : a + h, c : c + w] += kernel[a, c] * dy
    return dimage, dy.sum() * image[:kh, :kw]

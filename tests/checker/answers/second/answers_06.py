"""Answers to the exercises of lesson 06, written from the statements alone."""

import math

import numpy as np

from answers import right, wrong


@right("06.3", "two products")
def cost(c_in, c_out, kernel, height, width):
    weights = c_out * c_in * kernel**2
    return weights + c_out, weights * height * width


@right("06.3", "counts with arrays, a list comes back")
def cost(c_in, c_out, kernel, height, width):
    weight, bias = np.zeros((c_out, c_in, kernel, kernel)), np.zeros(c_out)
    return [weight.size + bias.size, weight[0].size * c_out * height * width]


@right("06.3", "map by map")
def cost(c_in, c_out, kernel, height, width):
    parameters = products = 0
    for _ in range(c_out):
        one = sum(kernel * kernel for _ in range(c_in))
        parameters += one + 1
        products += one * height * width
    return parameters, products


@wrong("06.3", "bias multiplied too", "a bias is added, so it costs no multiplication")
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * (c_in * kernel * kernel + 1)
    return parameters, parameters * height * width


@wrong("06.3", "one bias for each pair of channels", "each output channel has one bias")
def cost(c_in, c_out, kernel, height, width):
    parameters = c_out * c_in * (kernel * kernel + 1)
    return parameters, c_out * c_in * kernel * kernel * height * width


@wrong("06.3", "kernel taken off the size of the maps", "height and width already are those of the output maps")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel * kernel
    return weights + c_out, weights * (height - kernel + 1) * (width - kernel + 1)


@wrong("06.3", "kernel not squared", "a kernel has kernel * kernel entries")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel
    return weights + c_out, weights * height * width


@wrong("06.3", "multiplications and additions counted", "only multiplications are asked, so no factor 2")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel**2
    return weights + c_out, 2 * weights * height * width


@wrong("06.3", "like a dense layer", "the weights are shared over all places; a convolution does not have its own for each pixel")
def cost(c_in, c_out, kernel, height, width):
    products = c_in * c_out * kernel**2 * height * width
    return products + c_out * height * width, products


@wrong("06.3", "bias by input channel, results exchanged", "there is one bias for each output channel, and the parameters come first")
def cost(c_in, c_out, kernel, height, width):
    weights = c_in * c_out * kernel**2
    return weights * height * width, weights + c_in


@right("06.4", "the formula")
def output_size(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach) // stride + 1


@right("06.4", "counts the places in a loop")
def output_size(size, kernel, stride, padding, dilation):
    places, start = 0, -padding
    while start + dilation * (kernel - 1) < size + padding:
        places += 1
        start += stride
    return places


@right("06.4", "length of a range")
def output_size(size, kernel, stride, padding, dilation):
    wide = kernel + (kernel - 1) * (dilation - 1)
    return len(range(0, size + padding + padding - wide + 1, stride))


@wrong("06.4", "reach = dilation * kernel", "there is no gap behind the last entry: it reaches dilation * (kernel - 1) + 1 pixels")
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * kernel) // stride + 1


@wrong("06.4", "padding on one side only", "the frame is on both sides, so twice the padding")
def output_size(size, kernel, stride, padding, dilation):
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


@wrong("06.4", "+ 1 before the division", "the last + 1 counts the first place and stands outside the division")
def output_size(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1)) // stride


@wrong("06.4", "rounded to the nearest", "a place that is cut off does not count: round down")
def output_size(size, kernel, stride, padding, dilation):
    return round((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1


@wrong("06.4", "gaps of d pixels", "dilation d leaves gaps of d - 1 pixels, so d = 1 means no gap")
def output_size(size, kernel, stride, padding, dilation):
    reach = kernel + dilation * (kernel - 1)
    return (size + 2 * padding - reach) // stride + 1


@wrong("06.4", "ceil, and stride applied to the pixels only", "the kernel is subtracted before dividing by the stride, and the result is rounded down")
def output_size(size, kernel, stride, padding, dilation):
    return math.ceil((size + 2 * padding) / stride) - dilation * (kernel - 1)

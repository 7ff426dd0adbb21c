"""What a drawing says."""


def texts(figure):
    """The texts of all axes of a figure, titles and labels not among them."""
    return [text.get_text() for ax in figure.axes for text in ax.texts]

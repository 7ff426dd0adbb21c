"""Lesson 03, backpropagation: from one operation's slopes to a layer's gradients."""

from collections.abc import Callable

import numpy as np

from lessonlib.exercises.judge import Exercise, Mistake
from lessonlib.lessons.l03.exercises import graphs as graphs

# ---- the right answers ---------------------------------------------------------------------------


def local_slopes(op: str, a: float, b: float) -> tuple[float, float]:
    """How strongly a + b, a - b, a * b or a / b reacts to a, and how strongly to b."""
    if op == "+":
        return 1.0, 1.0
    if op == "-":
        return 1.0, -1.0
    if op == "*":
        return b, a  # the more of b, the more a change of a counts
    return 1.0 / b, -a / b**2


def gradients(steps: list[tuple[str, str, float]]) -> dict[str, float]:
    """Walk the edges of a graph backward; a value that is used twice is blamed twice."""
    grad = {steps[0][0]: 1.0}  # the loss reacts to itself with slope 1
    for child, parent, slope in steps:
        grad[parent] = grad.get(parent, 0.0) + slope * grad[child]  # add: one term for each use
    return grad


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Let the gradient pass where the unit was on, and stop it where it was off."""
    return dy * (x > 0)  # asks for the sign of x, not of dy


def linear_backward(
    dy: np.ndarray, x: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of y = x W^T + b for a batch of rows."""
    dx = dy @ weight  # (N, out) @ (out, in) -> (N, in)
    dweight = dy.T @ x  # (out, N) @ (N, in) -> (out, in): delta times activation, summed over rows
    dbias = dy.sum(axis=0)  # the bias is used by every row
    return dx, dweight, dbias


# ---- the cases, and how answers are tried --------------------------------------------------------


def _slope_cases(rng: np.random.Generator) -> list[tuple]:
    small = [("+", 2.0, 5.0), ("-", 2.0, 5.0), ("*", 2.0, 5.0), ("/", 2.0, 5.0)]
    drawn = [(op, *rng.uniform(0.5, 3, 2).tolist()) for op in "+-*/"]
    return [*small, *drawn]


def _edges(rng: np.random.Generator, count: int) -> list[tuple[str, str, float]]:
    """Edges of a random graph in backward order: value k is used only by values before it."""
    names = ["L", *"abcdefghijk"][:count]
    steps = []
    for k in range(count):
        for other in range(k + 1, count):
            if other == k + 1 or rng.random() < 0.4:
                steps.append((names[k], names[other], round(float(rng.normal()), 2)))
    return steps


def _gradient_cases(rng: np.random.Generator) -> list[tuple]:
    chain = [("L", "a", 2.0), ("a", "b", -3.0)]
    twice = [("L", "a", 2.0), ("L", "b", 5.0), ("a", "b", -3.0)]
    return [(chain,), (twice,), *((_edges(rng, n),) for n in (4, 6, 9))]


def _relu_cases(rng: np.random.Generator) -> list[tuple]:
    small = (np.array([1.0, -2.0, 3.0, 4.0]), np.array([2.0, 5.0, -1.0, 0.0]))
    drawn = [(rng.normal(size=shape), rng.normal(size=shape)) for shape in ((4, 3), (2, 5))]
    return [small, *drawn]


def _linear_cases(rng: np.random.Generator) -> list[tuple]:
    x = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]])
    small = (np.array([[1.0], [0.0], [-2.0]]), x, np.array([[3.0, -1.0]]))
    shapes = ((5, 3, 2), (8, 4, 6))  # rows, in, out
    drawn = [
        (rng.normal(size=(n, out)), rng.normal(size=(n, size)), rng.normal(size=(out, size)))
        for n, size, out in shapes
    ]
    return [small, *drawn]


# ---- what people write instead -------------------------------------------------------------------


def _slopes_but(wrong: dict[str, Callable[[float, float], tuple]]) -> Callable[..., tuple]:
    return lambda op, a, b: wrong[op](a, b) if op in wrong else local_slopes(op, a, b)


def _overwritten(steps: list[tuple[str, str, float]]) -> dict[str, float]:
    grad = {steps[0][0]: 1.0}
    for child, parent, slope in steps:
        grad[parent] = slope * grad[child]
    return grad


def _walk(rule: Callable[[float | None, float, float], float]) -> Callable[..., dict]:
    """Gradients with another rule(old or None, slope, gradient of the child)."""

    def answer(steps: list[tuple[str, str, float]]) -> dict[str, float]:
        grad = {steps[0][0]: 1.0}
        for child, parent, slope in steps:
            grad[parent] = rule(grad.get(parent), slope, grad[child])
        return grad

    return answer


# ---- the exercises -------------------------------------------------------------------------------

EXERCISES = [
    Exercise(
        id="03.1",
        title="Local slopes",
        points=2,
        stars=1,
        minutes=8,
        reference=local_slopes,
        cases=_slope_cases,
        hints=(
            "Hold b still and ask: if a grows by a tiny h, by how many h does the result grow?",
            "(a + h) * b = a * b + h * b, so a product reacts to a with slope b.",
            "a / b reacts to b with slope -a / b ** 2: the larger b, the smaller the quotient.",
        ),
        mistakes=(
            Mistake(
                "own factor",
                _slopes_but({"*": lambda a, b: (a, b)}),
                "In a product each factor gets the other one as its slope: "
                "(a + h) * b = a * b + h * b.",
            ),
            Mistake(
                "difference without sign",
                _slopes_but({"-": lambda a, b: (1.0, 1.0)}),
                "a - b falls when b grows: its slope for b is negative.",
            ),
            Mistake(
                "quotient without sign",
                _slopes_but({"/": lambda a, b: (1 / b, a / b**2)}),
                "For positive a and b the quotient a / b falls when b grows: a sign is missing.",
            ),
            Mistake(
                "quotient without square",
                _slopes_but({"/": lambda a, b: (1 / b, -a / b)}),
                "The slope of a / b for b is -a / b ** 2. The square is missing.",
            ),
            Mistake(
                "quotient as product",
                _slopes_but({"/": lambda a, b: (b, a)}),
                "These are the slopes of a * b. For a / b, write it as a * (1 / b).",
            ),
        ),
    ),
    Exercise(
        id="03.2",
        title="Find the bug: a value that is used twice",
        points=2,
        stars=1,
        minutes=8,
        reference=gradients,
        starter=_overwritten,
        cases=_gradient_cases,
        hints=(
            "Take the second case: b is used by L and by a. Which of the two paths survives?",
            "The second visit of a parent must not forget the first: add.",
            "grad.get(parent, 0.0) is the sum so far, or 0.0 at the first visit.",
        ),
        mistakes=(
            Mistake(
                "first path only",
                _walk(lambda old, slope, grad: slope * grad if old is None else old),
                "Now the first path survives instead of the last. All paths count: add them.",
            ),
            Mistake(
                "multiplies paths",
                _walk(lambda old, slope, grad: slope * grad * (1.0 if old is None else old)),
                "Along one path slopes are multiplied; over several paths the products are added.",
            ),
            Mistake(
                "adds without slope",
                _walk(lambda old, slope, grad: (old or 0.0) + grad),
                "The slope of the edge is gone. Each term is slope * grad[child].",
            ),
            Mistake(
                "first term twice",
                _walk(
                    lambda old, slope, grad: (slope * grad if old is None else old) + slope * grad
                ),
                "At the first visit the term is counted twice. The sum begins at 0.0.",
            ),
        ),
    ),
    Exercise(
        id="03.3",
        title="Parents first",
        points=3,
        stars=2,
        minutes=18,
        reference=graphs.parents_first,
        cases=graphs.order_cases,
        use=graphs.use_order,
        hints=(
            "Work from `last` towards the inputs. A name may be placed when all its parents are.",
            "Keep a list of things to do. Take a name from its end; if its parents are not placed, "
            "put the name back, and its parents on top of it.",
            "Nested calls end at a depth of 1,000 (3,000 in Jupyter). A list that you push to and "
            "pop from has no such limit.",
        ),
        mistakes=(
            Mistake(
                "the loss first",
                graphs.from_the_loss,
                "This is the order of the backward walk, from the loss to the inputs. Turn it round.",
            ),
            Mistake(
                "by levels",
                graphs.by_levels,
                "A name is placed by the first path that reaches it. A value that is used early and "
                "late must stand before both users: wait until all its users are known.",
            ),
            Mistake(
                "listed twice",
                graphs.with_repeats,
                "A value that is used twice is listed twice. Remember what is placed already.",
            ),
            Mistake(
                "everything",
                graphs.all_names,
                "The list holds names that the last value does not depend on. Start from `last` and "
                "follow the parents.",
            ),
            Mistake(
                "nested calls",
                graphs.nested_order,
                f"Right for small graphs. On a chain of {graphs.DEEP:,} values the calls are nested too "
                "deep for Python. Keep the names still to be done in a list of your own.",
            ),
        ),
    ),
    Exercise(
        id="03.4",
        title="The tape",
        points=4,
        stars=3,
        minutes=20,
        reference=graphs.Scalar,
        cases=graphs.scalar_cases,
        use=graphs.use_scalar,
        forbidden=("lessonlib.autograd.Value.backward",),
        hints=(
            "First the order: everything below self, parents first (exercise 03.3), with the "
            "numbers themselves in place of names.",
            "self.grad = 1.0; then walk the order from its end. For each parent and slope: add "
            "slope * node.grad to the parent's grad.",
            "Use id(node), or the node itself, to remember what is placed.",
        ),
        mistakes=(
            Mistake(
                "overwrites",
                graphs.scalar_with(rule=lambda old, slope, grad: slope * grad),
                "A number that is used twice keeps only its last term. Use += for the gradients.",
            ),
            Mistake(
                "no start",
                graphs.scalar_with(start=0.0),
                "All gradients are 0. The loss reacts to itself with slope 1: self.grad = 1.0.",
            ),
            Mistake(
                "without slopes",
                graphs.scalar_with(rule=lambda old, slope, grad: old + grad),
                "The gradient is handed on unchanged. Multiply it by the slope of the edge.",
            ),
            Mistake(
                "too early",
                graphs.scalar_with(order=graphs.by_arrival),
                "A number hands its gradient on before all its users have added theirs. Walk in "
                "topological order, from the loss back.",
            ),
            Mistake(
                "too often",
                graphs.scalar_with(order=graphs.by_path),
                "A number that is used twice hands on its gradient twice, the first part a second "
                "time with it. Each number hands on once, after all its users.",
            ),
            Mistake(
                "nested calls",
                graphs.NestedScalar,
                f"Right for small graphs. In a chain of {graphs.DEEP:,} operations the calls are nested "
                "too deep for Python. Make a list of the numbers in order first.",
            ),
        ),
    ),
    Exercise(
        id="03.5",
        title="Backward through a ReLU",
        points=2,
        stars=1,
        minutes=6,
        reference=relu_backward,
        cases=_relu_cases,
        forbidden=(
            "lessonlib.functional.relu_backward",
            "torch.autograd.backward",
            "torch.autograd.grad",
        ),
        hints=(
            "Entry by entry: where x is above 0, y = x and the slope is 1. Elsewhere y = 0: slope?",
            "x > 0 is an array of True and False; times dy it keeps or drops each entry.",
        ),
        mistakes=(
            Mistake(
                "passes at zero",
                lambda dy, x: dy * (x >= 0),
                "At x = 0 the gradient passes here. This course, like PyTorch, uses slope 0 there.",
            ),
            Mistake(
                "the value instead of the slope",
                lambda dy, x: dy * np.maximum(x, 0.0),
                "The gradient is multiplied by the value of the ReLU. Its slope is 1 or 0.",
            ),
            Mistake(
                "the slope alone",
                lambda dy, x: (x > 0) * 1.0,
                "This is the local slope. The chain rule multiplies it by what comes from above, dy.",
            ),
            Mistake(
                "cuts the gradient",
                lambda dy, x: np.maximum(dy, 0.0),
                "This cuts negative gradients. What decides is the sign of x on the way forward.",
            ),
            Mistake(
                "the sign of the input",
                lambda dy, x: dy * np.sign(x),
                "np.sign gives -1 where the unit was off, and the gradient goes through, turned "
                "round. ReLU is flat there: the slope is 0.",
            ),
            Mistake(
                "the other side",
                lambda dy, x: dy * (x <= 0),
                "The gradient passes where the unit was off. Turn the comparison round.",
            ),
        ),
    ),
    Exercise(
        id="03.6",
        title="Backward through a layer",
        points=3,
        stars=2,
        minutes=15,
        reference=linear_backward,
        cases=_linear_cases,
        forbidden=(
            "lessonlib.functional.linear_backward",
            "lessonlib.functional.linear.linear_backward",
            "torch.autograd.backward",
            "torch.autograd.grad",
        ),
        hints=(
            "Each gradient has the shape of its array: dx like x, dweight like weight. "
            "That leaves only one matrix product for each.",
            "dweight[j, i] is the sum over rows n of dy[n, j] * x[n, i].",
            "The bias is added in every row, so it is blamed in every row: sum over axis 0.",
        ),
        mistakes=(
            Mistake(
                "transposed",
                lambda dy, x, weight: (dy @ weight, x.T @ dy, dy.sum(axis=0)),
                "dweight has the shape (in, out). weight is (out, in), and so is its gradient: "
                "dy.T @ x.",
            ),
            Mistake(
                "mean over rows",
                lambda dy, x, weight: (dy @ weight, dy.T @ x / len(x), dy.mean(axis=0)),
                "The gradients are divided by the number of rows. That belongs to the loss, where "
                "it may already have happened; here the rows are added.",
            ),
            Mistake(
                "bias mean",
                lambda dy, x, weight: (dy @ weight, dy.T @ x, dy.mean(axis=0)),
                "dbias is the mean over the rows. It is the sum, as for the weights.",
            ),
            Mistake(
                "one number for the bias",
                lambda dy, x, weight: (dy @ weight, dy.T @ x, dy.sum()),
                "dbias is one number. There is one bias for each output: sum over axis 0 only.",
            ),
            Mistake(
                "bias of every row",
                lambda dy, x, weight: (dy @ weight, dy.T @ x, dy),
                "dbias has one row for each example. All rows use the same bias: add them.",
            ),
        ),
    ),
]

"""Exercise 04.7: the capstone, an optimizer that keeps its own state for every parameter."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lessonlib import nn
from lessonlib.exercises.judge import Case, Exercise, Mistake, Property


class Optimizer:
    """Momentum or Adam with decoupled weight decay, for a list of parameters."""

    def __init__(
        self,
        params: Sequence[Any],
        kind: str,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        decay: float = 0.0,
    ) -> None:
        self.params, self.kind, self.lr = list(params), kind, lr
        self.betas, self.eps, self.decay = betas, eps, decay
        self.memory: dict[Any, Any] = {}

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.params:
            p.grad = None

    def step(self) -> None:
        """One step for every parameter that has a gradient; it returns nothing."""
        beta1, beta2 = self.betas
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            t, m, v = self.memory.get(k, (0, 0.0, 0.0))  # of this parameter alone
            t = t + 1
            if self.kind == "momentum":
                m = beta1 * m + p.grad
                step = m
            else:
                m = beta1 * m + (1 - beta1) * p.grad
                v = beta2 * v + (1 - beta2) * p.grad**2
                step = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + self.eps)
            self.memory[k] = t, m, v
            p.data -= self.lr * step + self.lr * self.decay * p.data


# ---- how an answer is tried ----------------------------------------------------------------------

Grads = list[list[np.ndarray | None]]  # of each step, for each parameter


def _use(answer: Callable[..., Any], start: list, grads: Grads, lrs: list, settings: dict) -> dict:
    """Make an optimizer and do the steps; report weights and gradients after each of them.

    The parameters come from an iterator, as a network hands them out. The array of a gradient is
    emptied after the step, as a network that uses it again would do.
    """
    params = [nn.Parameter(np.array(w)) for w in start]
    usual = {"betas": (0.9, 0.999), "eps": 1e-8, "decay": 0.0}
    rest = (
        [settings.get(name, value) for name, value in usual.items()]
        if settings.keys() & usual
        else []
    )
    optimizer = answer(iter(params), settings["kind"], lrs[0], *rest)
    found: dict[str, list] = {"weights": [], "gradients": [], "after zero_grad": []}
    for number, (of_step, lr) in enumerate(zip(grads, lrs, strict=True), start=1):
        if lr != lrs[number - 2 if number > 1 else 0]:
            optimizer.lr = lr
        for p, g in zip(params, of_step, strict=True):
            p.grad = None if g is None else g.copy()
        optimizer.step()
        found["gradients"].append(_gradients(params))
        for p in params:
            if p.grad is not None:
                p.grad[...] = 0.0
        found["weights"].append([np.array(p.data) for p in params])
        optimizer.zero_grad()
        found["after zero_grad"].append(_gradients(params))
    return found


def _gradients(params: list) -> list:
    return [None if p.grad is None else np.array(p.grad) for p in params]


def _read(found: Any, start: list, grads: Grads, lrs: list, settings: dict) -> dict:
    """The weights after each step, and whether the gradients were left alone and forgotten."""
    given = [g for of_step in grads for g in of_step]
    after = [g for of_step in found["gradients"] for g in of_step]
    pairs = zip(given, after, strict=True)
    kept = all(g is None or (a is not None and np.array_equal(a, g)) for g, a in pairs)
    forgets = all(g is None for of_step in found["after zero_grad"] for g in of_step)
    steps = {f"after step {k}": weights for k, weights in enumerate(found["weights"], start=1)}
    return steps | {"the gradients are as they were": kept, "zero_grad forgets": forgets}


def _called(start: list, grads: Grads, lrs: list, settings: dict) -> str:
    said = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    one = "one parameter" if len(start) == 1 else f"{len(start)} parameters"
    return f"Optimizer({one}, lr={lrs[0]:g}, {said}), {len(grads)} step{'s' * (len(grads) > 1)}"


def _cases(rng: np.random.Generator) -> list[tuple]:
    def draw(shapes: Sequence[Any], steps: int) -> tuple[list, Grads]:
        start = [rng.normal(size=s) for s in shapes]
        return start, [[rng.normal(size=s) for s in shapes] for _ in range(steps)]

    def momentum(**more: Any) -> dict:
        return {"kind": "momentum", **more}

    def adam(**more: Any) -> dict:
        return {"kind": "adam", **more}

    one = ([np.array([1.0, 2.0])], [[np.array([0.5, -1.0])]])
    one_tiny = ([np.array([1.0, 2.0])], [[np.array([1e-8, -3e-8])]])
    three = ([np.array([1.0, 2.0])], [[np.array(g)] for g in ([1.0, 0.0], [1.0, 2.0], [-1, 0.5])])
    same = [np.array([1.0, -2.0]), np.array([1.0, -2.0])]
    apart: Grads = [[np.array([1.0, 0.5]), np.array([-2.0, 0.1])] for _ in range(2)]
    start, gaps = draw([2, (2, 2)], 4)
    gaps[0][1] = gaps[2][0] = None
    late, late_grads = draw([3, 3], 4)
    late_grads[1][0] = late_grads[2][0] = None
    other = {"betas": (0.7, 0.95), "eps": 0.1}
    wide = [(3, 2), 4]
    stops = ([np.array([1.0, 2.0])], [[np.array(g)] for g in ([1.0, -0.5], [0.0, 0.0])])
    flat = ([np.array([1.0, -2.0])], [[np.zeros(2)]])
    return [
        (*one, [0.1], momentum()),
        (*one, [0.1], adam()),
        (*three, [0.1] * 3, momentum()),
        (*three, [0.1] * 3, adam()),
        Case("where two parameters look alike", same, apart, [0.1] * 2, momentum()),
        Case("where two parameters look alike", same, apart, [0.1] * 2, adam()),
        (*draw(wide, 4), [0.05] * 4, momentum(betas=(0.8, 0.5))),
        (*draw(wide, 4), [0.05] * 4, adam(**other)),
        Case("with decay", *three, [0.1] * 3, momentum(decay=0.5)),
        Case("with decay", *draw(wide, 3), [0.1] * 3, adam(decay=0.5)),
        Case("where a parameter has no gradient in some steps", *(start, gaps), [0.1] * 4, adam()),
        Case(
            "where a parameter has no gradient in some steps",
            *(late, late_grads),
            [0.1] * 4,
            momentum(decay=0.3),
        ),
        Case("where all gradients become 0", *stops, [0.1] * 2, momentum(decay=0.5)),
        Case("where all gradients are 0", *flat, [0.1], adam(decay=0.5)),
        Case("where a gradient is as small as eps", *one_tiny, [0.1], adam()),
        Case("where lr changes between the steps", *three, [0.1, 0.02, 0.3], momentum()),
        Case("where lr changes between the steps", *three, [0.1, 0.02, 0.3], adam(decay=0.2)),
    ]


# ---- what every right answer has -----------------------------------------------------------------


def _steps(found: dict) -> list:
    return [found[f"after step {k}"] for k in range(1, len(found) - 1)]


def _same(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-6, atol=1e-9))


def _keeps_gradients(found: dict, *case: Any) -> bool:
    return bool(found["the gradients are as they were"])


def _without_gradient_still(
    found: dict, start: list, grads: Grads, lrs: list, settings: dict
) -> bool:
    before = [start, *_steps(found)]
    return all(
        _same(old[k], new[k])
        for old, new, of_step in zip(before, before[1:], grads, strict=False)
        for k, g in enumerate(of_step)
        if g is None
    )


def _alone(start: list, grads: Grads, lrs: list, settings: dict) -> tuple:
    return start[-1:], [of_step[-1:] for of_step in grads], lrs, settings


def _knows_only_itself(found: dict, alone: dict, *case: Any) -> bool:
    return all(_same(a[-1], b[0]) for a, b in zip(_steps(found), _steps(alone), strict=True))


def _at_rest(start: list, grads: Grads, lrs: list, settings: dict) -> tuple:
    return start, [[np.zeros_like(w) for w in start] for _ in grads], lrs, settings


def _only_decays(
    found: dict, at_rest: dict, start: list, grads: Grads, lrs: list, settings: dict
) -> bool:
    share = np.cumprod([1 - lr * settings.get("decay", 0.0) for lr in lrs])
    after = _steps(at_rest)
    return all(
        _same(w, c * w0)
        for c, now in zip(share, after, strict=True)
        for w, w0 in zip(now, start, strict=True)
    )


def _first_alone(start: list, grads: Grads, lrs: list, settings: dict) -> tuple:
    firsts = [next(g for g in column if g is not None) for column in zip(*grads, strict=True)]
    firsts = [np.where(np.abs(g) < 0.01, np.sign(g), g) for g in firsts]
    return start, [firsts], lrs[:1], settings | {"decay": 0.0, "eps": 1e-12}


def _first_step(
    found: dict, first: dict, start: list, grads: Grads, lrs: list, settings: dict
) -> bool:
    """From rest: lr times the gradient with momentum, lr times its sign with Adam."""
    _, [firsts], _, _ = _first_alone(start, grads, lrs, settings)
    wanted = firsts if settings["kind"] == "momentum" else [np.sign(g) for g in firsts]
    moved = zip(start, _steps(first)[0], wanted, strict=True)
    return all(_same(old - new, lrs[0] * g) for old, new, g in moved)


# ---- what people write instead -------------------------------------------------------------------


def _slot(kind: str, k: int, p: Any) -> Any:
    """Where the memory of a parameter is kept."""
    return p.data.shape if kind == "by shape" else k


def _averages(kind: str, old: tuple, g: np.ndarray, betas: tuple, lr: float, plain: bool) -> tuple:
    """m and v after this gradient."""
    m, v = old
    beta1, beta2 = betas
    if plain:
        m = beta1 * m + {"lr inside": lr, "a mean": 1 - beta1}.get(kind, 1.0) * g
    else:
        m = beta1 * m + (1.0 if kind == "m without 1 - beta" else 1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (np.abs(g) if kind == "no square" else g**2)
    return m, v


def _adam_step(kind: str, m: Any, v: Any, t: int, betas: tuple, eps: float) -> tuple:
    """Adam's step, and m and v as they are kept."""
    with np.errstate(divide="ignore", invalid="ignore"):
        m_hat, v_hat = (a / np.float64(1 - b**t) for a, b in zip((m, v), betas, strict=True))
        if kind == "not corrected":
            m_hat, v_hat = m, v
        below = np.sqrt(v_hat + eps) if kind == "eps inside" else np.sqrt(v_hat) + eps
        step = m_hat / (v_hat + eps if kind == "no root" else below)
    return step, ((m_hat, v_hat) if kind == "keeps the corrected" else (m, v))


class _Changed(Optimizer):
    """The optimizer with one mistake."""

    mistake = ""
    count = visits = 0
    first_lr = 0.0

    def step(self) -> None:
        """One step, with the mistake."""
        self.count += 1
        self.first_lr = self.first_lr or self.lr
        seen = 0
        for k, p in enumerate(self.params):
            empty = self.mistake == "skips zeros" and p.grad is not None and not p.grad.any()
            if p.grad is not None and not empty:
                self.visits += 1
                self.visit(seen if self.mistake == "counts the present" else k, p)
                seen += 1
            elif self.mistake == "stops at the first":
                return
            elif self.mistake == "decays the others":
                p.data = p.data - self.lr * self.decay * p.data

    def visit(self, k: int, p: Any) -> None:
        """Move one parameter."""
        kind, where = self.mistake, _slot(self.mistake, k, p)
        old, m, v = self.memory.get(where, (0, 0.0, 0.0))
        if kind == "forgets":
            m = v = 0.0
        counts = {"t of the visits": self.visits, "t of all steps": self.count, "t from 0": old}
        t, plain = counts.get(kind, old + 1), self.is_plain()
        g = p.grad + self.decay * p.data if kind in ("coupled", "twice") else p.grad
        m, v = _averages(kind, (m, v), g, self.betas, self.lr, plain)
        step, kept = m, (m, v)
        if not plain:
            step, kept = _adam_step(kind, m, v, t, self.betas, self.eps)
        self.memory[where] = old + 1, *kept
        p.data = self.moved(p.data, step, plain)

    def is_plain(self) -> bool:
        """Whether the step is one of momentum."""
        always = {"always adam": False, "always momentum": True}
        return always.get(self.mistake, self.kind == "momentum")

    def moved(self, w: np.ndarray, step: np.ndarray, plain: bool) -> np.ndarray:
        """The new weights."""
        lr = self.first_lr if self.mistake == "first lr" else self.lr
        size = 1.0 if self.mistake == "lr inside" and plain else lr
        size = -size if self.mistake == "uphill" else size
        whole = 0.0 if self.mistake == "decay of Adam" and plain else lr * self.decay
        shares = {"coupled": 0.0, "no decay": 0.0, "decay without lr": self.decay, "grows": -whole}
        share: float = shares.get(self.mistake, whole)
        if self.mistake == "decay of the new":
            return (w - size * step) * (1 - share)
        return w - size * step - share * w


def _made(mistake: str) -> type[Optimizer]:
    return type("Changed", (_Changed,), {"mistake": mistake})


class _Alias(Optimizer):
    """The first gradient itself is kept as velocity, and changed in place."""

    def step(self) -> None:
        """Momentum in place; Adam as it should be."""
        if self.kind != "momentum":
            return super().step()
        for k, p in enumerate(self.params):
            if p.grad is None:
                continue
            if k not in self.memory:
                self.memory[k] = p.grad
            else:
                self.memory[k] *= self.betas[0]
                self.memory[k] += p.grad
            p.data = p.data - self.lr * self.memory[k] - self.lr * self.decay * p.data


EXERCISE = Exercise(
    id="04.7",
    title="Capstone: an optimizer with a memory",
    points=6,
    stars=3,
    minutes=45,
    reference=Optimizer,
    cases=_cases,
    use=_use,
    read=_read,
    called=_called,
    forbidden=(
        "lessonlib.optim.SGD",
        "lessonlib.optim.Adam",
        "lessonlib.optim.AdamW",
        "torch.optim.SGD",
        "torch.optim.Adam",
        "torch.optim.AdamW",
    ),
    hints=(
        "First momentum alone, for one parameter. self.memory outlives the step: look the velocity "
        "up there (0.0 if there is none yet) and write the new one back. Then give every parameter "
        "its own entry: enumerate(self.params) numbers them.",
        "For Adam each entry holds three things: t, m and v. Raise t first, so that it is 1 in the "
        "first step of this parameter. Keep m and v uncorrected; correct them only in the step.",
        "The decay is one more term in the change of p.data, for both kinds: lr * decay * p.data, "
        "with p.data from before the step. It never touches m or v.",
    ),
    properties=(
        Property(
            "gradients are only read",
            _keeps_gradients,
            "step changes p.grad. It belongs to the network: read it, and write nothing into it. "
            "(Work in place on a velocity that is the gradient's own array does that, too.)",
        ),
        Property(
            "without a gradient nothing moves",
            _without_gradient_still,
            "A parameter whose grad is None has to keep its weights; here it moves.",
        ),
        Property(
            "the parameters do not know of each other",
            _knows_only_itself,
            "With the last parameter alone, its weights come out differently than next to the "
            "others. Each parameter needs an entry of its own in the memory: velocity, averages "
            "and the number of its steps.",
            also=_alone,
        ),
        Property(
            "without slopes only the decay acts",
            _only_decays,
            "With gradients of 0 from the start each weight has to lose the share self.lr * decay "
            "at every step, with the self.lr of that step, and nothing else (without decay it "
            "stays). Here it does not.",
            also=_at_rest,
        ),
        Property(
            "the first step has the right length",
            _first_step,
            "Without decay the first step from rest is lr times the gradient for momentum, and lr "
            "in every weight, against the gradient, for Adam. Here it is not.",
            also=_first_alone,
        ),
    ),
    parts={
        "beta1 * m + p.grad": "the velocity",
        "beta1 * m": "what is left of the old velocity",
        "beta1 * m + (1 - beta1) * p.grad": "the mean of the gradients, m",
        "beta2 * v + (1 - beta2) * p.grad ** 2": "the mean of the squares, v",
        "m / (1 - beta1 ** t)": "the corrected m",
        "v / (1 - beta2 ** t)": "the corrected v",
        "np.sqrt(v / (1 - beta2 ** t)) + self.eps": "what Adam's step is divided by",
        "self.eps": "eps",
        "t + 1": "the number of the step",
        "t": "the number of the step",
        "self.lr * step": "the step",
        "self.lr * self.decay * p.data": "the decay",
        "self.lr * step + self.lr * self.decay * p.data": "the change of the weights",
        "p.grad is None": "the question whether there is a gradient",
        "self.memory.get(k, (0, 0.0, 0.0))": "the look into the memory",
        "self.kind == 'momentum'": "the question for the kind",
    },
    mistakes=(
        Mistake(
            "memory by shape",
            _made("by shape"),
            "Parameters of the same shape share their memory. Two layers may have the same shape: "
            "use the position in the list.",
        ),
        Mistake(
            "forgets",
            _made("forgets"),
            "Every step begins with an empty velocity, or with empty averages. They have to "
            "outlive the call: keep them in self.memory.",
        ),
        Mistake(
            "counts the parameters",
            _made("t of the visits"),
            "t grows with every parameter that is visited. It has to count the steps, so each "
            "parameter keeps its own t.",
        ),
        Mistake(
            "numbers the present gradients",
            _made("counts the present"),
            "The parameters are numbered among those that have a gradient. When one of them has "
            "none, the next one gets its memory: number all of them.",
        ),
        Mistake(
            "stops at the first None",
            _made("stops at the first"),
            "The step ends at the first parameter without a gradient, and those behind it never "
            "move. Go on with the next one: continue.",
        ),
        Mistake(
            "skips gradients of 0",
            _made("skips zeros"),
            "A parameter whose gradient is all 0 is left out. It has a gradient: its velocity and "
            "its decay still move it. Only None takes no part.",
        ),
        Mistake(
            "keeps the first learning rate",
            _made("first lr"),
            "Every step uses the learning rate from the start. self.lr may be changed between two "
            "steps: read it in step.",
        ),
        Mistake(
            "decays for Adam only",
            _made("decay of Adam"),
            'With kind "momentum" nothing decays. lr * decay * p.data comes off for both kinds.',
        ),
        Mistake(
            "counts steps without a gradient",
            _made("t of all steps"),
            "t also counts the steps in which a parameter had no gradient. Its averages did not "
            "move then, so its t may not either.",
        ),
        Mistake(
            "t begins at 0",
            _made("t from 0"),
            "In the first step t is 0 and the correction divides by 1 - beta**0 = 0. Raise t "
            "before you use it.",
        ),
        Mistake(
            "not corrected",
            _made("not corrected"),
            "m and v are used as they are. They began at 0 and are too small at first: divide "
            "them by 1 - beta**t for the step.",
        ),
        Mistake(
            "keeps the corrected averages",
            _made("keeps the corrected"),
            "The corrected m and v are kept and corrected once more in the next step. Keep them "
            "uncorrected.",
        ),
        Mistake(
            "decay in the gradient",
            _made("coupled"),
            "The decay is added to the gradient, so it goes through the velocity, or is divided "
            "by the root of v. Take it straight off the weights.",
        ),
        Mistake(
            "decays twice",
            _made("twice"),
            "The decay is in the gradient and is taken off the weights as well.",
        ),
        Mistake(
            "no decay",
            _made("no decay"),
            "The decay appears nowhere: take lr * decay * p.data off the weights, for both kinds.",
        ),
        Mistake(
            "decay without the learning rate",
            _made("decay without lr"),
            "The decay is not multiplied by the learning rate.",
        ),
        Mistake(
            "grows",
            _made("grows"),
            "The sign of the decay is wrong: the weights grow.",
        ),
        Mistake(
            "decays after the step",
            _made("decay of the new"),
            "The decay is taken off the weights after the step. Both terms are computed from the "
            "weights before it.",
        ),
        Mistake(
            "decays parameters without a gradient",
            _made("decays the others"),
            "Parameters without a gradient are decayed. They keep still: skip them first.",
        ),
        Mistake(
            "learning rate in the velocity",
            _made("lr inside"),
            "The learning rate is inside the velocity. As long as it is constant, nobody sees the "
            "difference; when it changes, old gradients keep the old one. Multiply by lr in the "
            "step.",
        ),
        Mistake(
            "a mean for momentum",
            _made("a mean"),
            "The velocity of momentum takes the new gradient whole; 1 - beta1 belongs to Adam.",
        ),
        Mistake(
            "a sum for Adam",
            _made("m without 1 - beta"),
            "Adam's m is a mean: the new gradient enters with the weight 1 - beta1.",
        ),
        Mistake(
            "no square",
            _made("no square"),
            "v averages the sizes of the gradients. It has to average their squares.",
        ),
        Mistake(
            "no root",
            _made("no root"),
            "Adam's step is divided by v itself. Divide by its root.",
        ),
        Mistake(
            "eps inside the root",
            _made("eps inside"),
            "eps is under the root. It is added after the root is taken.",
        ),
        Mistake(
            "always Adam",
            _made("always adam"),
            'Both kinds do Adam\'s step. For kind "momentum" there is no v, and no correction.',
        ),
        Mistake(
            "always momentum",
            _made("always momentum"),
            "Both kinds step along the velocity. Adam is missing.",
        ),
        Mistake(
            "uphill",
            _made("uphill"),
            "The weights go up the gradient. Subtract the step.",
        ),
        Mistake(
            "the gradient itself is kept",
            _Alias,
            "The velocity is the array of the first gradient itself, not a copy: when that array "
            "is emptied, the velocity is lost.",
        ),
    ),
)

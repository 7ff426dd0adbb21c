"""One list of small edits of a program, as learners get it wrong.

The list serves three times: to find out which edit of the right answer behaves like a learner's
(twin), which edit of a learner's answer makes it right (repair), and whether an exercise's cases tell
every edit of the right answer from it (`make mutants`).
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Slot = Callable[[Any], tuple[ast.AST, str, Any]]
Change = tuple[str, ast.AST, str, Any, ast.AST | None, str]

COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.MatMult, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.MatMult: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Pow: (ast.Mult,),
}
FUNCTIONS = {
    "mean": ("sum", "max", "median"),
    "sum": ("mean", "max", "prod"),
    "prod": ("sum",),
    "max": ("min", "sum", "mean", "argmax"),
    "min": ("max", "argmin"),
    "argmax": ("argmin", "max"),
    "argmin": ("argmax", "min"),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "exp": ("log", "abs"),
    "log": ("log2", "log10"),
    "log2": ("log", "log10"),
    "std": ("var",),
    "var": ("std",),
    "sqrt": ("square",),
    "tanh": ("arctan", "cosh"),
    "cos": ("sin",),
    "sin": ("cos",),
    "floor": ("ceil", "round"),
    "ceil": ("floor",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "any": ("all",),
    "all": ("any",),
    "outer": ("multiply",),
    "cumsum": ("cumprod",),
    "cumprod": ("cumsum",),
    "append": ("extend",),
    "vstack": ("hstack",),
    "hstack": ("vstack",),
    "triu": ("tril",),
    "tril": ("triu",),
}
WITH_AXIS = set(
    [
        "sum",
        "mean",
        "max",
        "min",
        "argmax",
        "argmin",
        "std",
        "var",
        "prod",
        "cumsum",
        "sort",
        "argsort",
        "softmax",
        "split",
        "concatenate",
        "stack",
        "flip",
        "roll",
        "median",
    ]
)
LEFT_OUT = set(
    [
        "sqrt",
        "exp",
        "log",
        "log2",
        "tanh",
        "abs",
        "reversed",
        "sorted",
        "sort",
        "cumsum",
        "copy",
        "list",
        "round",
        "sigmoid",
        "flip",
        "ravel",
        "square",
        "max",
        "min",
        "sum",
        "mean",
    ]
)


@dataclass
class Edit:
    """One change of one place of a syntax tree: `parent.field` becomes `new`.

    kind   : what was done, one of the keys of `words.TWIN`
    node   : the node that was there
    other  : the node that stands there instead, None where something was left out
    note   : the detail that the sentence needs ("axis", "one more", ...)
    """

    kind: str
    node: ast.AST
    other: ast.AST | None
    note: str
    parent: ast.AST
    field: str
    new: Any

    def __enter__(self) -> "Edit":
        self.old = getattr(self.parent, self.field)
        setattr(self.parent, self.field, self.new)
        return self

    def __exit__(self, *exc: object) -> None:
        setattr(self.parent, self.field, self.old)

    @property
    def line(self) -> int:
        """The line of the changed node."""
        return getattr(self.node, "lineno", 0)

    def text(self) -> str:
        """A short name of the edit that does not depend on line numbers: for tables."""
        before = _shortened(self.node)
        after = "" if self.other is None else _shortened(self.other)
        return f"{self.kind}: {before} -> {after}{' (' + self.note + ')' if self.note else ''}"


def _shortened(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 70 else text[:50] + " ... " + text[-15:]


def edits(tree: ast.Module) -> list[Edit]:
    """Every small edit of the functions in a tree, the most usual kinds first."""
    found: list[Edit] = []
    names = _names(tree)
    for node, slot in _slots(tree):
        for rule in RULES:
            for kind, other, note in rule(node, names):
                parent, field, new = slot(other)
                shown = other if isinstance(other, ast.AST) else None
                found.append(Edit(kind, node, shown, note, parent, field, new))
        found += _inner(node)
    return sorted(found, key=lambda e: RANK.get(e.kind, 0))


# How far-fetched an edit is; what is not listed is something that happens every day.
RANK = {
    "operator": 1,
    "brackets": 1,
    "sign": 1,
    "order": 1,
    "order of arguments": 1,
    "constant": 1,
    "range": 1,
    "slice": 1,
    "index": 1,
    "condition": 1,
    "inside or outside the loop": 1,
    "another variable": 2,
    "something added": 2,
    "two lines exchanged": 2,
}

# ---- walking -------------------------------------------------------------------------------------


def _slots(tree: ast.AST) -> Iterator[tuple[ast.AST, Slot]]:
    """Every node below `tree` with a function that says how to put another one in its place."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(parent, ast.FunctionDef) and field in ("args", "decorator_list"):
                continue
            if isinstance(value, ast.AST):
                yield value, lambda new, p=parent, f=field: (p, f, new)
            elif isinstance(value, list):
                for k, item in enumerate(value):
                    if isinstance(item, ast.AST) and not _is_docstring(parent, field, k, item):
                        yield (
                            item,
                            lambda new, p=parent, f=field, v=value, k=k: (p, f, _put(v, k, new)),
                        )


def _put(items: list, k: int, new: Any) -> list:
    middle = new if isinstance(new, list) else [] if new is None else [new]
    return [*items[:k], *middle, *items[k + 1 :]]


def _is_docstring(parent: ast.AST, field: str, k: int, item: ast.AST) -> bool:
    return (
        field == "body"
        and k == 0
        and isinstance(parent, ast.FunctionDef | ast.ClassDef | ast.Module)
        and isinstance(item, ast.Expr)
        and isinstance(item.value, ast.Constant)
    )


def _names(tree: ast.AST) -> list[str]:
    """Arguments and local variables, in the order in which they appear."""
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg != "self":
            found[node.arg] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    return list(found)


# ---- rules: what may stand in a node's place: (kind, other node, note) ----------------------------

Found = Iterator[tuple[str, Any, str]]


def _comparison(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", _like(node, ops=[other()]), ""


def _operator(node: ast.AST, names: list[str]) -> Found:
    if not isinstance(node, ast.BinOp):
        return
    for other in OPERATORS.get(type(node.op), ()):
        yield "operator", _like(node, op=other()), ""
    if isinstance(
        node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow | ast.MatMult | ast.Mod
    ):
        yield "left out", node.left, "right"
    if isinstance(node.op, ast.Add | ast.Mult | ast.MatMult):
        yield "left out", node.right, "left"
    if isinstance(node.op, ast.Sub):
        yield "left out", ast.UnaryOp(ast.USub(), node.right), "left"
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield "order", _like(node, left=node.right, right=node.left), ""
    if isinstance(node.op, ast.MatMult):
        yield "transpose", _like(node, left=_turned(node.left)), ""
        yield "transpose", _like(node, right=_turned(node.right)), ""
        yield "transpose", _like(node, left=_turned(node.right), right=_turned(node.left)), ""
    if isinstance(node.op, ast.Div | ast.Sub):  # a / (b + c) against a / b + c
        inner = node.right
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub | ast.Mult):
            yield "brackets", _like(inner, left=_like(node, right=inner.left)), ""
    if isinstance(node.op, ast.Mult) and isinstance(node.left, ast.BinOp):
        inner = node.left
        if isinstance(inner.op, ast.Add | ast.Sub):  # (a + b) * c against a + b * c
            yield "brackets", _like(inner, right=_like(node, left=inner.right)), ""
    if isinstance(node.op, ast.Mult) and isinstance(node.right, ast.BinOp):
        inner = node.right
        if isinstance(inner.op, ast.Add | ast.Sub):
            yield "brackets", _like(inner, left=_like(node, right=inner.left)), ""


def _sign(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield "sign", node.operand, ""
    if isinstance(node, ast.BinOp | ast.Call | ast.Subscript) and _is_read(node):
        yield "sign", ast.UnaryOp(ast.USub(), node), ""


def _function(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
        for other in FUNCTIONS[node.attr]:
            yield "function", _like(node, attr=other), ""
    if isinstance(node, ast.Name) and node.id in FUNCTIONS and _is_read(node):
        for other in FUNCTIONS[node.id]:
            yield "function", _like(node, id=other), ""
    if isinstance(node, ast.Attribute) and node.attr == "T" and _is_read(node):
        yield "transpose", node.value, ""


def _call(node: ast.AST, names: list[str]) -> Found:
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
    if len(node.args) >= 1 and not method and name in LEFT_OUT:
        yield "left out", node.args[0], name
    if method and isinstance(node.func, ast.Attribute) and name in LEFT_OUT | {"transpose"}:
        yield "left out", node.func.value, name
    if len(node.args) == 1 and not node.keywords and not method and name not in LEFT_OUT:
        yield "left out", node.args[0], name
    yield from _keywords(node, name)
    for k in range(len(node.args) - 1):
        swapped = [*node.args[:k], node.args[k + 1], node.args[k], *node.args[k + 2 :]]
        yield "order of arguments", _like(node, args=swapped), name
    if name in ("maximum", "minimum", "max", "min") and len(node.args) == 2 and not method:
        yield "left out", node.args[0], name
        yield "left out", node.args[1], name
    if name == "where" and len(node.args) == 3:
        yield "left out", node.args[1], name
        yield "left out", node.args[2], name
    if name == "range":
        yield from _range(node)


def _keywords(node: ast.Call, name: str) -> Found:
    given = {k.arg for k in node.keywords}
    for gone in given & {"axis", "keepdims", "ddof", "reverse", "key"}:
        kept = [k for k in node.keywords if k.arg != gone]
        yield "keyword", _like(node, keywords=kept), str(gone)
    method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
    if name in WITH_AXIS and len(node.args) <= (0 if method else 1 + (name in ("split", "roll"))):
        others = [k for k in node.keywords if k.arg not in ("axis", "keepdims")]
        keep = [ast.keyword("keepdims", ast.Constant(True))] if "keepdims" in given else []
        for axis in (0, 1, -1, 2):
            new = [*others, ast.keyword("axis", ast.Constant(axis)), *keep]
            if not any(k.arg == "axis" and _is_number(k.value, axis) for k in node.keywords):
                yield "axis", _like(node, keywords=new), ""
        if "keepdims" not in given and "axis" not in given:
            both = [
                ast.keyword("axis", ast.Constant(1)),
                ast.keyword("keepdims", ast.Constant(True)),
            ]
            yield "axis", _like(node, keywords=[*others, *both]), ""
        if (
            "keepdims" not in given
            and "axis" in given
            and name in ("sum", "mean", "max", "min", "std")
        ):
            keep = [ast.keyword("keepdims", ast.Constant(True))]
            yield "keyword", _like(node, keywords=[*node.keywords, *keep]), "keepdims"
    if name in ("std", "var") and "ddof" not in given:
        new = [*node.keywords, ast.keyword("ddof", ast.Constant(1))]
        yield "keyword", _like(node, keywords=new), "ddof"


def _range(node: ast.Call) -> Found:
    start = node.args if len(node.args) > 1 else [ast.Constant(0), *node.args]
    back = ast.Call(ast.Name("reversed", ast.Load()), [node], [])
    yield "order of the loop", back, ""
    for k in (0, 1):
        for step, words in ((1, "later"), (-1, "earlier")):
            moved = [*start[:k], _moved(start[k], step), *start[k + 1 :]]
            yield "range", _like(node, args=moved), f"{('begins', 'ends')[k]} one {words}"
    if len(node.args) == 3:
        yield "range", _like(node, args=node.args[:2]), "steps by 1"


def _constant(node: ast.AST, names: list[str]) -> Found:
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return
    value = node.value
    if type(value) is int:
        options = {value + 1, value - 1, 0, 1, -value, 2 * value}
        options |= {value // 2} if value % 2 == 0 else set()
    else:
        options = {0.0, 1.0, -value, 1 - value, 2 * value, value / 2}
    for other in sorted(options - {value}):
        yield "constant", ast.copy_location(ast.Constant(other), node), ""


def _subscript(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.Slice):
        yield from _slice(node)
    if not isinstance(node, ast.Subscript) or not _is_read(node):
        return
    if isinstance(node.slice, ast.Tuple):
        parts = node.slice.elts
        if len(parts) == 2:
            yield "index", _like(node, slice=ast.Tuple(parts[::-1], ast.Load())), "order"
        for k, part in enumerate(parts):
            if not isinstance(part, ast.Slice | ast.Constant):
                for step in (1, -1):
                    moved = [*parts[:k], _moved(part, step), *parts[k + 1 :]]
                    note = "one later" if step > 0 else "one earlier"
                    yield "index", _like(node, slice=ast.Tuple(moved, ast.Load())), note
    elif not isinstance(node.slice, ast.Slice | ast.Constant):
        for step in (1, -1):
            note = "one later" if step > 0 else "one earlier"
            yield "index", _like(node, slice=_moved(node.slice, step)), note
    if not isinstance(node.slice, ast.Constant):
        yield "left out", node.value, "index"


def _slice(node: ast.Slice) -> Found:
    for side in ("lower", "upper"):
        value, word = getattr(node, side), {"lower": "begins", "upper": "ends"}[side]
        if value is None:
            for other in (1, -1):
                yield "slice", _like(node, **{side: ast.Constant(other)}), f"{word} elsewhere"
            continue
        yield "slice", _like(node, **{side: None}), f"{word} elsewhere"
        for step, words in ((1, "later"), (-1, "earlier")):
            yield "slice", _like(node, **{side: _moved(value, step)}), f"{word} one {words}"
    other = ast.Constant(-1) if node.step is None else None
    yield "slice", _like(node, step=other), "the other way round"


def _variable(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for other in names[:16]:
            if other != node.id:
                yield "another variable", ast.copy_location(ast.Name(other, ast.Load()), node), ""


def _added(node: ast.AST, names: list[str]) -> Found:
    """What people add: a root or a log under a fraction, a square, 1, a small number, a copy."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        for f in ("sqrt", "square"):
            around = ast.Call(_numpy(f), [node.right], [])
            yield "something added", _like(node, right=around), f
        for c in (1, -1):
            more = _moved(node.right, c)
            yield "something added", _like(node, right=more), "1"
    if isinstance(node, ast.Call) and called(node) in ("log", "log2"):
        small = ast.BinOp(node.args[0], ast.Add(), ast.Constant(1e-12)) if node.args else None
        if small is not None:
            yield "something added", _like(node, args=[small, *node.args[1:]]), "1e-12"
    if isinstance(node, ast.Call) and called(node) in ("tanh", "exp", "dot", "sum", "std", "outer"):
        yield "something added", ast.BinOp(node, ast.Pow(), ast.Constant(2)), "square"
    if isinstance(node, ast.Call) and called(node) in ("sum", "mean"):
        yield "something added", ast.BinOp(node, ast.Div(), ast.Constant(2)), "half"
    if isinstance(node, ast.Subscript) and _is_read(node):
        copied = ast.Call(ast.Attribute(node, "copy", ast.Load()), [], [])
        yield "something added", copied, "copy"


RULES = (
    _comparison, _operator, _sign, _function, _call, _constant, _subscript, _variable, _added,
)  # fmt: skip


# ---- rules for statements -------------------------------------------------------------------------


def _inner(node: ast.AST) -> list[Edit]:
    """Edits of a statement, or of a list of statements, rather than of an expression."""
    found: list[Edit] = []
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            found += _lines(node, field, body)
    if isinstance(node, ast.If):
        no = ast.UnaryOp(ast.Not(), node.test)
        found.append(Edit("condition", node.test, no, "turned round", node, "test", no))
        for value in (True, False):
            always = ast.Constant(value)
            note = "always" if value else "never"
            found.append(Edit("condition", node.test, None, note, node, "test", always))
    if isinstance(node, ast.IfExp):
        for value in (True, False):
            always = ast.Constant(value)
            note = "always" if value else "never"
            found.append(Edit("condition", node.test, None, note, node, "test", always))
    if isinstance(node, ast.For) and called(node.iter) != "range":
        back = _reversed_list(node.iter)
        found.append(Edit("order of the loop", node.iter, back, "", node, "iter", back))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        parts = node.value.elts
        if len(parts) == 2:
            turned = ast.Tuple(parts[::-1], ast.Load())
            found.append(Edit("order of the results", node, turned, "", node, "value", turned))
    return found


def _lines(node: ast.AST, field: str, body: list[ast.stmt]) -> list[Edit]:
    found = []

    def put(kind: str, k: int, new: list[ast.stmt], other: ast.AST | None = None) -> None:
        found.append(Edit(kind, body[k], other, "", node, field, new))

    for k, line in enumerate(body):
        rest = body[k + 1 :]
        if isinstance(
            line, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.Continue | ast.Break
        ):
            if not _is_docstring(node, field, k, line):
                put("line left out", k, [*body[:k], *(rest or ([] if k else [ast.Pass()]))])
        if isinstance(line, ast.AugAssign):
            target = line.target
            put("set instead of added up", k, [*body[:k], ast.Assign([target], line.value), *rest])
            if isinstance(line.op, ast.Add | ast.Sub):
                op = ast.Sub() if isinstance(line.op, ast.Add) else ast.Add()
                other = _like(line, op=op)
                put("operator", k, [*body[:k], other, *rest], other)
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name | ast.Subscript):
            added = ast.AugAssign(line.targets[0], ast.Add(), line.value)
            put("added up instead of set", k, [*body[:k], added, *rest])
        if rest and _may_swap(line, rest[0]) and not _is_docstring(node, field, k, line):
            put("two lines exchanged", k, [*body[:k], rest[0], line, *rest[1:]], rest[0])
        if isinstance(line, ast.For | ast.While) and rest and not isinstance(rest[0], ast.Return):
            into = _like(line, body=[*line.body, rest[0]])
            put("inside or outside the loop", k, [*body[:k], into, *rest[1:]], rest[0])
        if isinstance(line, ast.For | ast.While) and len(line.body) > 1:
            out = _like(line, body=line.body[:-1])
            put(
                "inside or outside the loop",
                k,
                [*body[:k], out, line.body[-1], *rest],
                line.body[-1],
            )
        if isinstance(line, ast.For) and len(line.body) > 1:
            out = _like(line, body=line.body[1:])
            put(
                "inside or outside the loop", k, [*body[:k], line.body[0], out, *rest], line.body[0]
            )
        if isinstance(line, ast.For) and rest and isinstance(rest[0], ast.Return):
            early = _like(line, body=[*line.body, rest[0]])
            put("returns inside the loop", k, [*body[:k], early, *rest], rest[0])
    return found


def _may_swap(a: ast.stmt, b: ast.stmt) -> bool:
    ends = (ast.Return, ast.FunctionDef, ast.Continue, ast.Break)
    return not isinstance(a, ends) and not isinstance(b, ends)


# ---- small helpers --------------------------------------------------------------------------------


def called(node: ast.AST) -> str:
    """The plain name of the function that a call calls, "" for everything else.

    >>> called(ast.parse("np.linalg.norm(x)").body[0].value)
    'norm'
    """
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _like(node: Any, **changes: Any) -> Any:
    fields = {name: value for name, value in ast.iter_fields(node)} | changes
    return ast.copy_location(type(node)(**fields), node)


def _turned(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def _moved(node: ast.expr, step: int) -> ast.expr:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + step)
    if isinstance(node, ast.BinOp) and _is_number(node.right, 1):
        if isinstance(node.op, ast.Add if step < 0 else ast.Sub):
            return node.left
    op = ast.Add() if step > 0 else ast.Sub()
    return ast.BinOp(node, op, ast.Constant(abs(step)))


def _reversed_list(node: ast.expr) -> ast.expr:
    as_list = ast.Call(ast.Name("list", ast.Load()), [node], [])
    return ast.Call(ast.Name("reversed", ast.Load()), [as_list], [])


def _numpy(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


def _is_number(node: ast.AST, value: int) -> bool:
    try:
        return ast.literal_eval(node) == value  # type: ignore[arg-type]
    except ValueError:
        return False


def _is_module(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in ("np", "math", "F", "torch", "random")) or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)

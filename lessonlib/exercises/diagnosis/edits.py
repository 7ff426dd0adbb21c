"""One list of small edits of a program, as learners get it wrong.

The list serves three times: to find out which edit of the right answer behaves like a learner's
(twin), which edit of a learner's answer makes it right (repair), and whether an exercise's cases
tell every edit of the right answer from it (`make mutants`).
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Slot = Callable[[Any], tuple[ast.AST, str, Any]]

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
WITH_AXIS = {
    "sum", "mean", "max", "min", "argmax", "argmin", "std", "var", "prod", "cumsum", "sort",
    "argsort", "softmax", "split", "concatenate", "stack", "flip", "roll", "median", "norm",
}  # fmt: skip
KEEPS = {"sum", "mean", "max", "min", "std", "var"}
LEFT_OUT = {
    "sqrt", "exp", "log", "log2", "tanh", "abs", "reversed", "sorted", "sort", "cumsum", "copy",
    "list", "round", "sigmoid", "flip", "ravel", "square", "max", "min", "sum", "mean",
}  # fmt: skip


@dataclass
class Edit:
    """One change of one place of a syntax tree: `parent.field` becomes `new`.

    kind   : what was done, one of the keys of `words.TWIN`
    node   : the node that was there
    other  : the node that takes its place, None where something was left out
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
        for node in self.new if isinstance(self.new, list) else [self.new]:
            if isinstance(node, ast.AST):
                ast.fix_missing_locations(node)  # else it does not compile
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
        for put_instead in INSTEAD:
            for kind, other, note in put_instead(node, names):
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
            for k, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, ast.AST) and not _is_docstring(parent, field, k, item):
                    yield item, _slot(parent, field, value, k)


def _slot(parent: ast.AST, field: str, value: Any, k: int) -> Slot:
    def put(new: Any) -> tuple[ast.AST, str, Any]:
        return parent, field, _put(value, k, new) if isinstance(value, list) else new

    return put


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


# ---- what may take the place of a node: (kind, other node, note) ---------------------------------

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
    one_sided = ast.Sub | ast.Div | ast.Pow | ast.Mod
    if isinstance(node.op, ast.Add | ast.Mult | ast.MatMult | one_sided):
        yield "left out", node.left, "right"
    if isinstance(node.op, ast.Add | ast.Mult | ast.MatMult):
        yield "left out", node.right, "left"
    if isinstance(node.op, ast.Sub):
        yield "left out", ast.UnaryOp(ast.USub(), node.right), "left"
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield "order", _like(node, left=node.right, right=node.left), ""


def _transpose(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield "transpose", _like(node, left=_turned(node.left)), ""
        yield "transpose", _like(node, right=_turned(node.right)), ""
    if isinstance(node, ast.Attribute) and node.attr == "T" and _is_read(node):
        yield "transpose", node.value, ""


def _brackets(node: ast.AST, names: list[str]) -> Found:
    """a / (b + c) against a / b + c, and (a + b) * c against a + b * c."""
    if not isinstance(node, ast.BinOp):
        return
    left: Any = node.left
    right: Any = node.right
    fraction = isinstance(node.op, ast.Div | ast.Sub)
    if fraction and _is_operation(right, ast.Add | ast.Sub | ast.Mult):
        yield "brackets", _like(right, left=_like(node, right=right.left)), ""
    if not isinstance(node.op, ast.Mult):
        return
    if _is_operation(left, ast.Add | ast.Sub):
        yield "brackets", _like(left, right=_like(node, left=left.right)), ""
    if _is_operation(right, ast.Add | ast.Sub):
        yield "brackets", _like(right, left=_like(node, right=right.left)), ""


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


def _call(node: ast.AST, names: list[str]) -> Found:
    if not isinstance(node, ast.Call):
        return
    name = called(node)
    method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
    if len(node.args) >= 1 and not method and name in LEFT_OUT:
        yield "left out", node.args[0], name
    if method and isinstance(node.func, ast.Attribute) and name in LEFT_OUT | {"transpose"}:
        yield "left out", node.func.value, name
    other = name not in LEFT_OUT | {"array", "asarray", "float", "tuple"}
    if len(node.args) == 1 and not node.keywords and not method and other:
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
    if name in ("std", "var") and "ddof" not in given:
        yield "keyword", _with(node, ddof=1), "ddof"
    if "axis" in given and "keepdims" not in given and name in KEEPS:
        yield "keyword", _with(node, keepdims=True), "keepdims"
    method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
    most = 0 if method else 1 + (name in ("split", "roll"))
    if name in WITH_AXIS and len(node.args) <= most:
        yield from _axes(node, given)
    last = node.args[-1] if len(node.args) == most + 1 else None
    if name in WITH_AXIS and isinstance(last, ast.Constant):  # as in x.sum(1)
        for axis in {0, 1, -1} - {last.value}:
            yield "axis", _like(node, args=[*node.args[:-1], ast.Constant(axis)]), ""


def _axes(node: ast.Call, given: set) -> Found:
    for axis in (0, 1, -1, 2):
        if not any(k.arg == "axis" and _is_number(k.value, axis) for k in node.keywords):
            yield "axis", _with(node, axis=axis), ""
    if not given & {"axis", "keepdims"}:
        yield "axis", _with(node, axis=1, keepdims=True), ""


def _is_operation(node: Any, kinds: Any) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, kinds)


def _with(node: ast.Call, **keywords: Any) -> ast.Call:
    kept = [k for k in node.keywords if k.arg not in keywords]
    more = [ast.keyword(name, ast.Constant(value)) for name, value in keywords.items()]
    return _like(node, keywords=[*kept, *more])


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
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    options: set[int | float] = {0, 1, -value, 2 * value}
    if isinstance(value, int):
        options |= {value + 1, value - 1} | ({value // 2} if value % 2 == 0 else set())
    else:
        options |= {1 - value, value / 2}
    for other in sorted(options - {value}):
        yield "constant", ast.copy_location(ast.Constant(type(value)(other)), node), ""


def _subscript(node: ast.AST, names: list[str]) -> Found:
    if isinstance(node, ast.Slice):
        yield from _slice(node)
    if not isinstance(node, ast.Subscript) or not _is_read(node):
        return
    if not isinstance(node.slice, ast.Constant):
        yield "left out", node.value, "index"
    if isinstance(node.slice, ast.Tuple):
        parts = node.slice.elts
        if len(parts) == 2:
            yield "index", _like(node, slice=ast.Tuple(parts[::-1], ast.Load())), "order"
        for k, part in enumerate(parts):
            for moved, note in _steps(part):
                other = ast.Tuple([*parts[:k], moved, *parts[k + 1 :]], ast.Load())
                yield "index", _like(node, slice=other), note
    else:
        for moved, note in _steps(node.slice):
            yield "index", _like(node, slice=moved), note


def _steps(index: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    if not isinstance(index, ast.Slice | ast.Constant):
        yield _moved(index, 1), "one later"
        yield _moved(index, -1), "one earlier"


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
    back = ast.Constant(-1) if node.step is None else None
    yield "slice", _like(node, step=back), "the other way round"


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


INSTEAD = (
    _comparison, _operator, _transpose, _brackets, _sign, _function, _call, _constant, _subscript,
    _variable, _added,
)  # fmt: skip


# ---- statements ----------------------------------------------------------------------------------


def _inner(node: ast.AST) -> list[Edit]:
    """Edits of a statement, or of a list of statements, rather than of an expression."""
    found: list[Edit] = []
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            found += _lines(node, field, body)
    if isinstance(node, ast.If | ast.IfExp):
        no = ast.UnaryOp(ast.Not(), node.test)
        found.append(Edit("condition", node.test, no, "turned round", node, "test", no))
        for value, note in ((True, "always"), (False, "never")):
            constant = ast.Constant(value)
            found.append(Edit("condition", node.test, None, note, node, "test", constant))
    if isinstance(node, ast.For) and called(node.iter) != "range":
        back = _reversed_list(node.iter)
        found.append(Edit("order of the loop", node.iter, back, "", node, "iter", back))
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        parts = node.value.elts
        if len(parts) == 2 and ast.dump(parts[0]) != ast.dump(parts[1]):
            turned = ast.Tuple(parts[::-1], ast.Load())
            found.append(Edit("order of the results", node, turned, "", node, "value", turned))
    return found


def _lines(node: ast.AST, field: str, body: list[ast.stmt]) -> list[Edit]:
    """Edits of a list of lines: one gone, two exchanged, one in or out of a loop."""
    found = []
    for k, line in enumerate(body):
        if _is_docstring(node, field, k, line):
            continue
        before, after = body[:k], body[k + 1 :]
        for kind, lines, other in (*_line(line, before, after), *_loop(line, after)):
            found.append(Edit(kind, line, other, "", node, field, [*before, *lines]))
    return found


Lines = Iterator[tuple[str, list[ast.stmt], ast.AST | None]]


def _line(line: ast.stmt, before: list[ast.stmt], after: list[ast.stmt]) -> Lines:
    """(kind, this line and all after it, the other line) for one line."""
    removable = ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.Continue | ast.Break
    if isinstance(line, removable):
        yield "line left out", after or ([] if before else [ast.Pass()]), None
    if isinstance(line, ast.AugAssign):
        yield "set instead of added up", [ast.Assign([line.target], line.value), *after], None
        if isinstance(line.op, ast.Add | ast.Sub):
            op = ast.Sub() if isinstance(line.op, ast.Add) else ast.Add()
            yield "operator", [_like(line, op=op), *after], _like(line, op=op)
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name | ast.Subscript):
        added = ast.AugAssign(line.targets[0], ast.Add(), line.value)
        yield "added up instead of set", [added, *after], None
    if after and _may_swap(line, after[0]):
        yield "two lines exchanged", [after[0], line, *after[1:]], after[0]


def _loop(line: ast.stmt, after: list[ast.stmt]) -> Lines:
    """What moves into a loop or out of it."""
    if not isinstance(line, ast.For | ast.While):
        return
    kind, inner = "inside or outside the loop", line.body
    if after and isinstance(after[0], ast.Return):
        early = _like(line, body=[*inner, after[0]])
        yield "returns inside the loop", [early, *after], after[0]
    elif after:
        yield kind, [_like(line, body=[*inner, after[0]]), *after[1:]], after[0]
    if len(inner) > 1:
        yield kind, [_like(line, body=inner[:-1]), inner[-1], *after], inner[-1]
        yield kind, [inner[0], _like(line, body=inner[1:]), *after], inner[0]


def _may_swap(a: ast.stmt, b: ast.stmt) -> bool:
    """Whether the order of two lines can matter: one of them makes what the other one uses."""
    ends = (ast.Return, ast.FunctionDef, ast.Continue, ast.Break)
    if isinstance(a, ends) or isinstance(b, ends):
        return False
    (makes_a, uses_a), (makes_b, uses_b) = _touched(a), _touched(b)
    return bool(makes_a & (makes_b | uses_b) or makes_b & uses_a)


def _touched(line: ast.stmt) -> tuple[set[str], set[str]]:
    """The names that a line makes or changes, and those that it uses."""
    makes: set[str] = set()
    uses: set[str] = set()
    for node in ast.walk(line):
        if isinstance(node, ast.Name):
            (uses if isinstance(node.ctx, ast.Load) else makes).add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript) and not _is_read(node):
            makes.add(_base(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            makes.add(_base(node.func))  # such as rows.append(h)
    return makes - {"", "np", "math"}, uses - {"np", "math"}


def _base(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


# ---- small helpers -------------------------------------------------------------------------------


def called(node: ast.AST) -> str:
    """The plain name of the function that a call calls, "" for everything else.

    >>> called(ast.parse("np.linalg.norm(x)").body[0].value)
    'norm'
    """
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _like(node: Any, **changes: Any) -> Any:
    fields = dict(ast.iter_fields(node)) | changes
    return ast.copy_location(type(node)(**fields), node)


def _turned(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


def _moved(node: ast.expr, step: int) -> ast.expr:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return ast.Constant(node.value + step)
    opposite = ast.Add if step < 0 else ast.Sub
    if isinstance(node, ast.BinOp) and isinstance(node.op, opposite) and _is_number(node.right, 1):
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
        return isinstance(node, ast.expr) and ast.literal_eval(node) == value
    except ValueError:
        return False


def _is_module(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in ("np", "math", "F", "torch", "random")) or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)

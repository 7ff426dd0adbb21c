"""The sentences for edits: what a tutor would say of the mistake, never the line that is right."""

import ast
import re
from collections.abc import Mapping

from lessonlib.exercises.diagnosis.edits import Edit, called

COMPARED = {
    "Lt": "less than",
    "LtE": "at most",
    "Gt": "more than",
    "GtE": "at least",
    "Eq": "equal to",
    "NotEq": "different from",
}
OPERATOR = {
    "Add": "an addition",
    "Sub": "a subtraction",
    "Mult": "a product entry by entry",
    "Div": "a division",
    "MatMult": "a matrix product",
    "FloorDiv": "a whole-number division",
    "Mod": "a remainder",
    "Pow": "a power",
    "BitAnd": "an “and”",
    "BitOr": "an “or”",
}
FUNCTION = {
    "sqrt": "the square root",
    "square": "the square",
    "exp": "the exponential",
    "log": "the natural logarithm",
    "log2": "the logarithm to base 2",
    "log10": "the logarithm to base 10",
    "mean": "the mean",
    "median": "the median",
    "sum": "the sum",
    "prod": "the product",
    "max": "the largest value",
    "min": "the smallest value",
    "argmax": "the place of the largest value",
    "argmin": "the place of the smallest value",
    "maximum": "the larger of two",
    "minimum": "the smaller of two",
    "std": "the standard deviation",
    "var": "the variance",
    "abs": "the absolute value",
    "cumsum": "the running sum",
    "cumprod": "the running product",
    "floor": "rounding down",
    "ceil": "rounding up",
    "round": "rounding",
    "copy": "the copy",
    "sorted": "sorting",
    "sort": "sorting",
    "reversed": "the reversal",
    "flip": "the reversal",
    "outer": "the outer product",
    "multiply": "a product entry by entry",
    "softmax": "the softmax",
    "permutation": "the random order",
}

# what to look at in a line of the learner's, by the kind of the edit that repairs it
LOOK = {
    "comparison": "the comparison: which side equality belongs to, and which way round it goes",
    "operator": "the operator, and whether it is this operation that is wanted",
    "left out": "what is too much there",
    "order": "the order of the two operands",
    "transpose": "the transposes, and which axis meets which",
    "brackets": "the brackets, and what is divided or multiplied first",
    "sign": "the sign",
    "function": "the function, and whether it is this one that is wanted",
    "keyword": "the keywords of the call",
    "axis": "the axis along which it runs",
    "order of arguments": "the order of the arguments",
    "order of the loop": "the order in which the loop goes",
    "range": "where the range begins and ends",
    "constant": "the number",
    "index": "the index",
    "slice": "where the slice begins and ends",
    "another variable": "the variables, and whether it is this one that is wanted here",
    "something added": "what is missing there",
    "condition": "the condition",
    "order of the results": "the order of the results",
    "line left out": "whether this line belongs there",
    "set instead of added up": "whether the value is added up or set",
    "added up instead of set": "whether the value is set or added up",
    "two lines exchanged": "the order of this line and the next",
    "inside or outside the loop": "what is inside the loop and what after it",
    "returns inside the loop": "where the function returns",
}


class Words:
    """Names the parts of an exercise's reference in a learner's terms.

    parts     : pieces of the reference's code and how to speak of them
    arguments : the names that the learner has too, which may be named as they are
    """

    def __init__(self, parts: Mapping[str, str], arguments: list[str]) -> None:
        self.parts = {_squeezed(code): words for code, words in parts.items()}
        self.arguments = set(arguments)

    def of(self, node: ast.AST | None) -> str:
        """A few words for a piece of code, "" where nothing that a learner knows describes it."""
        if node is None:
            return ""
        code = _squeezed(ast.unparse(ast.fix_missing_locations(node)))
        if code in self.parts:
            return self.parts[code]
        if isinstance(node, ast.Name):
            return f"`{node.id}`" if node.id in self.arguments else ""
        if isinstance(node, ast.Attribute | ast.Subscript):
            inner = self.of(node.value)
            return inner if isinstance(node, ast.Attribute) and node.attr != "T" else ""
        if isinstance(node, ast.Constant):
            known = isinstance(node.value, int | float)
            return f"the number {node.value!r}" if known else ""
        if isinstance(node, ast.Call) and (words := self._call(node)):
            return words
        if isinstance(node, ast.UnaryOp):
            return self.of(node.operand)
        return self._by_arguments(node)

    def _named(self, node: ast.AST) -> str:
        """The words that an exercise has for exactly this piece of code, "" where it has none."""
        return self.parts.get(_squeezed(ast.unparse(ast.fix_missing_locations(node))), "")

    def _by_arguments(self, node: ast.AST) -> str:
        """The learner's own names in a piece of code: "the part with `x` and `h0`"."""
        named = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in self.arguments]
        names = [f"`{name}`" for name in dict.fromkeys(named)]
        return f"the part with {' and '.join(names)}" if 0 < len(names) <= 2 else ""

    def _call(self, node: ast.Call) -> str:
        name = FUNCTION.get(called(node), "")
        inner = self.of(node.args[0]) if node.args else ""
        if not inner and isinstance(node.func, ast.Attribute):
            inner = self.of(node.func.value)
        return f"{name} of {inner}" if name and inner else name

    def twin(self, edits: list[Edit]) -> str:
        """What the right program would have to do wrong to behave like the answer."""
        return ", and ".join(dict.fromkeys(self._phrase(edit) for edit in edits))

    def can_say(self, edit: Edit) -> bool:
        """Whether the sentence for an edit says which part it is about."""
        return self._phrase(edit) not in VAGUE

    def _phrase(self, edit: Edit) -> str:
        method = getattr(self, "_" + edit.kind.replace(" ", "_"), None)
        return method(edit) if method else _PHRASES[edit.kind]

    def _comparison(self, edit: Edit) -> str:
        new, old = _operator_of(edit.other), _operator_of(edit.node)
        who = self._sides(edit.node)
        return f"a comparison{who} asks for “{COMPARED[new]}” instead of “{COMPARED[old]}”"

    def _sides(self, node: ast.AST) -> str:
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        known = [w for w in map(self.of, sides) if w]
        return f" (of {' and '.join(known)})" if known else ""

    def _operator(self, edit: Edit) -> str:
        new, old = _operator_of(edit.other), _operator_of(edit.node)
        who = _listed(self._operands(edit.node))
        return f"{OPERATOR[new]} takes the place of {OPERATOR[old]}{' with ' + who if who else ''}"

    def _operands(self, node: ast.AST) -> list[str]:
        sides = [getattr(node, n, None) for n in ("left", "right", "target", "value")]
        return [w for w in map(self.of, sides) if w]

    def _left_out(self, edit: Edit) -> str:
        node = edit.node
        if isinstance(node, ast.BinOp):
            gone = self.of(node.right if edit.note == "right" else node.left)
            does = {"Add": "added", "Sub": "taken off", "Div": "divided by", "Pow": "raised to"}
            verb = does.get(_operator_of(node), "multiplied with")
            if gone and isinstance(node.op, ast.Pow):
                power = _POWERS.get(ast.unparse(node.right), "power")
                base = self.of(node.left)
                return f"the {power}{' of ' + base if base else ''} is left out"
            if gone:
                joint = f"the division by {gone}" if verb == "divided by" else gone
                of = f" of {whole}" if (whole := self._named(node)) else ""
                return (
                    f"{joint} is left out{of}"
                    if verb != "taken off"
                    else f"{gone} is not taken off"
                )
            what = {"Div": "a division", "Mult": "a factor", "MatMult": "a matrix product"}
            rest = self.of(node.left if edit.note == "right" else node.right)
            term = what.get(_operator_of(node), "a term")
            return f"{term}{' next to ' + rest if rest else ''} is left out"
        if isinstance(node, ast.Call):
            name = FUNCTION.get(called(node)) or f"the call of `{called(node)}`"
            inner = self.of(node.args[0]) if node.args else ""
            return f"{name}{' of ' + inner if inner else ''} is left out"
        if isinstance(node, ast.Subscript):
            whole = self.of(node.value)
            return (
                f"all of {whole} is taken, not a part" if whole else "a whole is taken, not a part"
            )
        return "a part is left out"

    def _order(self, edit: Edit) -> str:
        what = {"Sub": "a difference is taken", "Div": "a fraction is taken"}
        verb = what.get(_operator_of(edit.node), "a matrix product is taken")
        who = _listed(self._operands(edit.node))
        return f"{verb} the other way round{' (' + who + ')' if who else ''}"

    def _transpose(self, edit: Edit) -> str:
        node, other = edit.node, edit.other
        if not isinstance(node, ast.BinOp) or not isinstance(other, ast.BinOp):
            return f"{self._matrix(node)} is not transposed"
        pairs = ((node.left, other.left), (node.right, other.right))
        sides = [before for before, after in pairs if before is not after]
        if len(sides) == 2:
            return f"{self.of(node) or 'a matrix product'} comes out transposed"
        if isinstance(sides[0], ast.Attribute):
            return f"{self._matrix(sides[0])} is not transposed"
        return f"{self._matrix(sides[0])} is transposed where it must not be"

    def _matrix(self, node: ast.AST) -> str:
        return self.of(getattr(node, "value", node)) or "a matrix"

    def _function(self, edit: Edit) -> str:
        new, old = (FUNCTION.get(_name(n), f"`{_name(n)}`") for n in (edit.other, edit.node))
        return f"{new} is taken instead of {old}"

    def _axis(self, edit: Edit) -> str:
        name = self.of(edit.node) or f"`{called(edit.node)}`"
        return f"{name} {'run' if _many(name) else 'runs'} along another axis"

    def _keyword(self, edit: Edit) -> str:
        name = FUNCTION.get(called(edit.node), f"`{called(edit.node)}`")
        if edit.note == "axis":
            return f"{name} is taken over everything, not along one axis"
        if edit.note == "ddof":
            return f"{name} divides by n - 1 instead of n, or the other way round"
        if edit.note == "keepdims":
            keeps = "keepdims" in ast.unparse(ast.fix_missing_locations(edit.other or edit.node))
            return f"{name} {'keeps' if keeps else 'loses'} the axis along which it runs (keepdims)"
        return f"{name} is called with another `{edit.note}`"

    def _sign(self, edit: Edit) -> str:
        who = self.of(edit.node)
        return f"the sign of {who} is turned round" if who else "a sign is turned round"

    def _order_of_arguments(self, edit: Edit) -> str:
        return f"the arguments of `{edit.note}` are exchanged"

    def _constant(self, edit: Edit) -> str:
        new, old = (getattr(n, "value", "?") for n in (edit.other, edit.node))
        return (
            f"the number {new} is used where another one belongs ({old})"
            if _tiny(old)
            else (f"the number {new} is used where {old} belongs")
        )

    def _range(self, edit: Edit) -> str:
        return f"a loop {edit.note}" if edit.note else "a loop runs over another range"

    def _slice(self, edit: Edit) -> str:
        who = _of(self.of(getattr(edit.parent, "value", None)))
        if "begins" in edit.note or "ends" in edit.note:
            return f"a slice{who} {edit.note}"
        return f"a slice{who} goes the other way round"

    def _index(self, edit: Edit) -> str:
        who = self.of(getattr(edit.node, "value", None))
        if edit.note == "order":
            return f"the two indices{_of(who)} are exchanged"
        return f"the index{_of(who)} is {edit.note}"

    def _another_variable(self, edit: Edit) -> str:
        new, old = self.of(edit.other), self.of(edit.node)
        if new and old:
            return f"{new} is used where {old} belongs"
        if new:
            return f"{new} is used where another value belongs"
        return (
            f"another value is used where {old} belongs" if old else "one value is used for another"
        )

    def _something_added(self, edit: Edit) -> str:
        node = edit.node
        who = self.of(node.right if isinstance(node, ast.BinOp) else node)
        words = {
            "sqrt": f"a square root is taken{_of(who)} in a division",
            "square": f"a square is taken{_of(who)}",
            "1": f"a divisor{_of(who)} is one too large or too small",
            "1e-12": "a small number is added inside the logarithm, which caps it for small values",
            "half": "everything is halved",
            "copy": "a copy is taken",
        }
        return words[edit.note]

    def _condition(self, edit: Edit) -> str:
        who = self.of(edit.node)
        if not who and isinstance(edit.node, ast.Compare):
            who = _listed([w for w in map(self.of, [edit.node.left, *edit.node.comparators]) if w])
        about = f" (on {who})" if who else ""
        if edit.note == "turned round":
            return f"a condition{about} is turned round"
        return f"a condition{about} is not asked: what it decides happens {edit.note}"

    def _line_left_out(self, edit: Edit) -> str:
        return f"a step is left out{self._made(edit.node)}"

    def _made(self, line: ast.AST) -> str:
        """What a line makes, where that can be said."""
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        value = getattr(line, "value", None)
        words = self.of(target) or self.of(value)
        code = _squeezed(ast.unparse(ast.fix_missing_locations(line)))
        words = self.parts.get(code, words)
        return f": {words}" if words else ""

    def _two_lines_exchanged(self, edit: Edit) -> str:
        pair = [self._made(n)[2:] for n in (edit.other, edit.node) if n is not None]
        if all(pair) and len(pair) == 2 and pair[0] != pair[1]:
            return f"{pair[0]} comes before {pair[1]} instead of after"
        return "two steps come in the other order"

    def _set_instead_of_added_up(self, edit: Edit) -> str:
        made = self._made(edit.node)[2:]
        return f"{made or 'a value'} is overwritten each time instead of added up"

    def _added_up_instead_of_set(self, edit: Edit) -> str:
        made = self._made(edit.node)[2:]
        return f"{made or 'a value'} is added up instead of set"

    def _inside_or_outside_the_loop(self, edit: Edit) -> str:
        made = self._made(edit.other)[2:] if edit.other else ""
        return _LOOP + (f": {made}" if made else "")


_ANOTHER = "one value is used for another"
_LOOP = "a step is inside a loop that belongs outside, or the other way round"
VAGUE = {
    "a term is left out",
    "a division is left out",
    "a factor is left out",
    "a matrix product is left out",
    "a part is left out",
    "all of it is taken, not a part",
    "a step is left out",
    _ANOTHER,
    "a sign is turned round",
    "two steps come in the other order",
    "a value is overwritten each time instead of added up",
    "a value is added up instead of set",
    _LOOP,
    "the index is one later",
    "the index is one earlier",
    "a condition is turned round",
    "a condition is not asked: what it decides happens always",
    "a condition is not asked: what it decides happens never",
    "the brackets of a product or fraction hold something else",
    "a copy is taken",
}
_POWERS = {"2": "square", "0.5": "square root"}
_PHRASES = {
    "brackets": "the brackets of a product or fraction hold something else",
    "order of the loop": "a loop goes the other way round",
    "order of the results": "the results come back in another order",
    "returns inside the loop": "the function returns inside the loop, after its first round",
}


def _squeezed(code: str) -> str:
    return re.sub(r"\s+", "", code).replace('"', "'")


def _operator_of(node: ast.AST | None) -> str:
    op = getattr(node, "op", None) or getattr(node, "ops", [None])[0]
    return type(op).__name__


def _name(node: ast.AST | None) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", ""))


def _listed(words: list[str]) -> str:
    return " and ".join(dict.fromkeys(words))


def _many(who: str) -> bool:
    """Whether such words stand for several things: "the lengths of the points"."""
    return re.match(r"the (?!bias|axis)\w*[^\Ws]s\b", who) is not None


def _of(who: str) -> str:
    return f" of {who}" if who else ""


def _tiny(value: object) -> bool:
    return isinstance(value, float) and 0 < abs(value) < 1e-4

"""Which names a statement of a notebook reads, makes and changes; scopes of functions respected."""

import ast
from collections.abc import Iterator

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def reads(node: ast.AST, local: frozenset[str] = frozenset()) -> set[str]:
    """Names of the notebook that a piece of code reads.

    >>> sorted(reads(ast.parse("for x in rows: y = [x * k for k in y]; z += y[0]")))
    ['rows', 'y', 'z']
    """
    if isinstance(node, ast.Name):
        return {node.id} - local if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, FUNCTIONS):
        inner = local | _parameters(node.args) | (set() if _is_lambda(node) else makes(node.body))
        body = [node.body] if _is_lambda(node) else node.body
        outside = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        outside += getattr(node, "decorator_list", [])
        found = [reads(part, inner) for part in body] + [reads(part, local) for part in outside]
        return set().union(*found)
    if isinstance(node, COMPREHENSIONS):
        local = local | makes([part.target for part in node.generators])
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return ({node.target.id} - local) | reads(node.value, local)
    found: set[str] = set()
    for child in _in_order(node):
        found |= reads(child, local)
        if isinstance(node, ast.stmt | ast.Module):  # what comes later finds the name made
            local = local | makes([child])
    return found


def _in_order(node: ast.AST) -> list[ast.AST]:
    """The parts of a node as they run: the value before the name it is given."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter, node.target, *node.body, *node.orelse]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [*filter(None, [node.value]), *targets]
    return list(ast.iter_child_nodes(node))


def makes(nodes: list[ast.AST]) -> set[str]:
    """Names that statements bind in their own scope, not inside functions.

    >>> sorted(makes(ast.parse("import a.b\\nfor k in a: z = [q for q in k]").body))
    ['a', 'k', 'z']
    """
    names = set()
    for node in _here(nodes):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return names


def changes(nodes: list[ast.AST]) -> set[str]:
    """Names that statements bind, and those whose parts they set: `rows["torch"] = ...`.

    >>> sorted(changes(ast.parse("rows[0].name = x").body))
    ['rows']
    """
    names = makes(nodes)
    for node in _here(nodes):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            names |= {node.id} if isinstance(node, ast.Name) else set()
    return names


def _here(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """All nodes below, those inside functions and comprehensions left out."""
    for node in nodes:
        yield node
        if not isinstance(node, FUNCTIONS | COMPREHENSIONS | ast.ClassDef):
            yield from _here(list(ast.iter_child_nodes(node)))


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += filter(None, [arguments.vararg, arguments.kwarg])
    return {argument.arg for argument in every}


def _is_lambda(node: ast.AST) -> bool:
    return isinstance(node, ast.Lambda)

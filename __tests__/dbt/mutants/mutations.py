"""The mistakes that can be planted in a SQL statement, and the statement with one of them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

from sqlglot import exp, parse_one

DIALECT = "duckdb"
OTHER_OPERATOR = {
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Div,
    exp.Div: exp.Mul,
    exp.And: exp.Or,
    exp.Or: exp.And,
}
OTHER_BOUNDARY = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
OTHER_COMPARISON = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE}
OTHER_AGGREGATE = {exp.Sum: exp.Max, exp.Avg: exp.Max, exp.Min: exp.Max, exp.Max: exp.Min}
# The place of a query in the text around it.
HOLE = "query_with_a_mistake"
# What a reader sees of a long expression around a mistake.
SHOWN_CHARACTERS = 60
OTHER_CHOICE = {exp.Greatest: exp.Least, exp.Least: exp.Greatest}
OTHER_NEIGHBOUR = {exp.Lag: exp.Lead, exp.Lead: exp.Lag, exp.FirstValue: exp.LastValue, exp.LastValue: exp.FirstValue}
OTHER_NUMBERING = {exp.RowNumber: exp.Rank, exp.Rank: exp.RowNumber, exp.DenseRank: exp.Rank}

Path = tuple[tuple[str, int | None], ...]
Edit = Callable[[exp.Expression], None]


@dataclass(frozen=True)
class Mutation:
    """One mistake: its kind and where it is. The edit changes the node at the path."""

    kind: str
    place: str
    path: Path
    edit: Edit

    @property
    def path_in_place(self) -> Path:
        """The part of the path below the common table expression."""
        keys = [key for key, _ in self.path]
        return self.path[keys.index("expressions") + 1 :] if keys[:1] == ["with_"] else self.path

    def key(self, statement: exp.Expression) -> tuple[str, str, str, str]:
        """The kind, the place, what is there and what replaces it, as the list of equivalent mutants names them.

        Mistakes with the same key are the same for a reader.
        """
        shown = shown_node(at(statement, self.path))
        return self.kind, self.place, *focused(text(shown), after_text(shown, self.path[len(path_of(shown)) :], self.edit))


def parsed(sql: str) -> exp.Expression:
    statement = parse_one(sql, dialect=DIALECT)
    for node in statement.walk():
        # The positions in the text would be copied with each node, which takes half of the time of a copy.
        node._meta = None
    return statement


def text(node: exp.Expression, pretty: bool = False, copy: bool = True) -> str:
    """The SQL of a node. Without a copy, the generator may change the node."""
    return node.sql(dialect=DIALECT, pretty=pretty, comments=False, copy=copy)


def mutations(statement: exp.Expression) -> list[Mutation]:
    """All mistakes of a statement, in the order of its text. The same statement has the same list."""
    return [
        Mutation(kind, place_of(node), path_of(node), edit)
        for node in statement.walk(bfs=False)
        for kind, edit in edits(node)
    ]


def after_text(shown: exp.Expression, path: Path, edit: Edit) -> str:
    """The text of a node with the mistake at a path below it; empty if the mistake removes the node."""
    # A parent takes the changed node, because an edit can replace the node itself.
    parent = exp.Tuple(expressions=[shown.copy()])
    edit(at(parent.expressions[0], path))
    return " ".join(text(one, copy=False) for one in parent.expressions)


def focused(before: str, after: str) -> tuple[str, str]:
    """The parts of two texts that differ, with the characters around them."""
    first = len(os.path.commonprefix([before, after]))
    last = len(os.path.commonprefix([before[first:][::-1], after[first:][::-1]]))
    start = max(0, first - SHOWN_CHARACTERS)
    ends = (len(one) - last + SHOWN_CHARACTERS for one in (before, after))
    return tuple(one[start:end] for one, end in zip((before, after), ends))


def mutated(statement: exp.Expression, path: Path, edit: Edit) -> exp.Expression:
    """A copy of the statement with the mistake."""
    copy = statement.copy()
    edit(at(copy, path))
    return copy


class Rendering:
    """The SQL of a statement with one mistake.

    A mistake changes one common table expression, or the query after them. The text of the rest is written once, because
    sqlglot needs longer for a long statement than DuckDB.
    """

    def __init__(self, statement: exp.Expression) -> None:
        self.statement = statement
        self.frames: dict[Path, tuple[str, exp.Expression, str]] = {}

    def mutated(self, path: Path, edit: Edit) -> str:
        query = max((one for one in prefixes(path) if isinstance(at(self.statement, one), exp.Query)), key=len)
        # The query's own common table expressions belong to the frame.
        if query not in self.frames:
            self.frames[query] = self.frame(query)
        before, part, after = self.frames[query]
        return f"{before}{text(mutated(part, path[len(query) :], edit), copy=False)}{after}"

    def frame(self, query: Path) -> tuple[str, exp.Expression, str]:
        """The text before a query, the query without its common table expressions, and the text after it."""
        copy = self.statement.copy()
        part = at(copy, query)
        tables = part.args.get("with_")
        part.set("with_", None)
        if part is copy:
            before, after = "", ""
        else:
            part.replace(exp.column(HOLE))
            before, _, after = text(copy, copy=False).partition(HOLE)
        return (f"{before}{text(tables, copy=False)} " if tables else before), part.copy(), after


def prefixes(path: Path) -> Iterator[Path]:
    """The paths of a node and of those around it, from the outermost."""
    return (path[:length] for length in range(len(path) + 1))


def diff(statement: exp.Expression, changed: exp.Expression) -> str:
    """The lines that differ, with one line around them."""
    lines = (text(tree, pretty=True).splitlines() for tree in (statement, changed))
    return "\n".join(line for line in list(unified_diff(*lines, n=1, lineterm=""))[2:])


def edits(node: exp.Expression) -> Iterator[tuple[str, Edit]]:
    """The mistakes that can be made at a node, each with its kind."""
    kind = type(node)
    if kind in OTHER_OPERATOR and not in_join(node):
        yield "operator", becomes(OTHER_OPERATOR[kind])
    if kind in OTHER_BOUNDARY:
        yield "boundary", becomes(OTHER_BOUNDARY[kind])
    if kind in OTHER_COMPARISON and not in_join(node):
        yield "comparison", becomes(OTHER_COMPARISON[kind])
    if kind is exp.Between:
        yield "boundary", between(exp.GT, exp.LTE)
        yield "boundary", between(exp.GTE, exp.LT)
    if kind in (exp.Where, exp.Having, exp.Qualify) and not isinstance(node.parent, exp.Filter):
        yield from dropped_conditions(node, "filter")
    if kind is exp.Join:
        yield from join_edits(node)
    yield from aggregate_edits(node)
    yield from window_edits(node)
    yield from value_edits(node)
    if kind is exp.Select and node.args.get("distinct"):
        yield "distinct", lambda found: found.set("distinct", None)
    if kind is exp.Union:
        yield "distinct", lambda found: found.set("distinct", not found.args.get("distinct"))
    if kind is exp.Column and not in_join(node):
        yield from swapped_columns(node)


def aggregate_edits(node: exp.Expression) -> Iterator[tuple[str, Edit]]:
    if type(node) in OTHER_AGGREGATE:
        yield "aggregate", becomes(OTHER_AGGREGATE[type(node)])
    if type(node) in (exp.Sum, exp.Avg):
        yield "aggregate", becomes(exp.Avg if type(node) is exp.Sum else exp.Sum)
    if isinstance(node, exp.Count) and not isinstance(node.this, exp.Star):
        if isinstance(node.this, exp.Distinct):
            yield "distinct", lambda found: found.set("this", found.this.expressions[0])
        else:
            yield "aggregate", lambda found: found.set("this", exp.Star())
            yield "distinct", lambda found: found.set("this", exp.Distinct(expressions=[found.this]))
    if isinstance(node, exp.Filter):
        yield "filter", lambda found: found.replace(found.this)


def window_edits(node: exp.Expression) -> Iterator[tuple[str, Edit]]:
    if type(node) in OTHER_NEIGHBOUR:
        yield "window", becomes(OTHER_NEIGHBOUR[type(node)])
    if type(node) in OTHER_NUMBERING:
        yield "window", becomes(OTHER_NUMBERING[type(node)])
    if isinstance(node, (exp.Lag, exp.Lead)):
        yield "window", lambda found: found.set("offset", exp.Literal.number(2))
    if isinstance(node, exp.Ordered):
        yield "order", lambda found: found.set("desc", not found.args.get("desc"))
    if isinstance(node, exp.Order) and len(node.expressions) > 1:
        yield "order", lambda found: found.set("expressions", found.expressions[:-1])
    if isinstance(node, exp.Window):
        if node.args.get("partition_by"):
            yield "window", lambda found: found.set("partition_by", None)
        if node.args.get("order") and isinstance(node.this, exp.AggFunc) and not node.args.get("spec"):
            yield "window", lambda found: found.set("order", None)
    if isinstance(node, exp.WindowSpec):
        yield "window", off_by_one_frame


def value_edits(node: exp.Expression) -> Iterator[tuple[str, Edit]]:
    if isinstance(node, exp.Coalesce):
        yield "coalesce", lambda found: found.replace(found.this)
    if isinstance(node, exp.Nullif):
        yield "coalesce", lambda found: found.replace(found.this)
    if type(node) in OTHER_CHOICE:
        yield "operator", becomes_choice(OTHER_CHOICE[type(node)])
    if isinstance(node, exp.Abs):
        yield "operator", lambda found: found.replace(found.this)
    if isinstance(node, exp.Not):
        yield "comparison", lambda found: found.replace(found.this)
    if isinstance(node, exp.Is) and not isinstance(node.parent, exp.Not) and not in_join(node):
        yield "comparison", lambda found: found.replace(exp.Not(this=found.copy()))
    if isinstance(node, exp.Case):
        for index in range(len(node.args["ifs"]) if len(node.args["ifs"]) > 1 else 0):
            yield "case", without("ifs", index)
        if node.args.get("default") is not None:
            yield "case", lambda found: found.set("default", None)
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        for index in range(len(node.expressions)):
            yield "constant", without("expressions", index)
    if isinstance(node, exp.Literal) and not node.find_ancestor(exp.DataType, exp.Interval, exp.Group, exp.WindowSpec):
        # The scale of a time stamp is no number of the source.
        if not node.is_string and not isinstance(node.parent, exp.Ordered) and node.arg_key != "scale":
            yield "constant", next_number
        elif node.is_string and isinstance(node.parent, (exp.EQ, exp.NEQ)):
            yield "constant", lambda found: found.replace(exp.Literal.string(found.name + "_"))


def join_edits(node: exp.Join) -> Iterator[tuple[str, Edit]]:
    side = node.side.upper()
    if side in ("LEFT", "FULL") and node.args.get("on"):
        yield "join", joined("", "INNER")
        if side == "FULL":
            yield "join", joined("LEFT", "")
            yield "join", joined("RIGHT", "")
    elif not side and node.kind.upper() in ("", "INNER") and node.args.get("on"):
        yield "join", joined("LEFT", "")
    condition = node.args.get("on")
    if isinstance(condition, exp.And):
        for index in range(len(list(condition.flatten()))):
            yield "join", without_condition("on", index)


def dropped_conditions(node: exp.Expression, kind: str) -> Iterator[tuple[str, Edit]]:
    if not isinstance(node.this, exp.And):
        yield kind, lambda found: found.pop()
        return
    for index in range(len(list(node.this.flatten()))):
        yield kind, without_condition("this", index)


def swapped_columns(node: exp.Column) -> Iterator[tuple[str, Edit]]:
    """Other columns of the same relation that the same select reads, the nearest names first.

    They are alternatives: a caller takes the first that leaves the types of the model's columns as they are.
    """
    select = node.find_ancestor(exp.Select)
    if node.find_ancestor(exp.Group, exp.Order) or not isinstance(node.this, exp.Identifier):
        return
    names = sorted(
        {
            column.name
            for column in select.find_all(exp.Column)
            if column.table == node.table and isinstance(column.this, exp.Identifier)
        }
    )
    here = names.index(node.name)
    for name in [*names[here + 1 :], *names[:here]]:
        yield "column", renamed(name)


def becomes(other: type[exp.Expression]) -> Edit:
    def edit(found: exp.Expression) -> None:
        changed = other(**{key: value for key, value in found.args.items() if key in other.arg_types})
        found.replace(exp.Paren(this=changed) if other is exp.Or else changed)

    return edit


def between(low: type[exp.Expression], high: type[exp.Expression]) -> Edit:
    def edit(found: exp.Expression) -> None:
        first = low(this=found.this.copy(), expression=found.args["low"].copy())
        last = high(this=found.this.copy(), expression=found.args["high"].copy())
        found.replace(exp.Paren(this=exp.And(this=first, expression=last)))

    return edit


def becomes_choice(other: type[exp.Expression]) -> Edit:
    return lambda found: found.replace(other(this=found.this, expressions=found.expressions))


def renamed(name: str) -> Edit:
    def edit(found: exp.Expression) -> None:
        column = found.copy()
        column.set("this", exp.to_identifier(name))
        found.replace(exp.alias_(column, found.name) if isinstance(found.parent, (exp.Select, exp.Tuple)) else column)

    return edit


def joined(side: str, kind: str) -> Edit:
    def edit(found: exp.Expression) -> None:
        found.set("side", side or None)
        found.set("kind", kind or None)

    return edit


def without(key: str, index: int) -> Edit:
    return lambda found: found.set(key, [one for place, one in enumerate(found.args[key]) if place != index])


def without_condition(key: str, index: int) -> Edit:
    def edit(found: exp.Expression) -> None:
        conditions = [one.copy() for one in found.args[key].flatten()]
        found.set(key, exp.and_(*(one for place, one in enumerate(conditions) if place != index)))

    return edit


def next_number(found: exp.Expression) -> None:
    number = float(found.name)
    following = f"{number + 1:g}" if number == int(number) else f"{number + 0.01:.10g}"
    found.replace(exp.Literal.number(following))


def off_by_one_frame(found: exp.Expression) -> None:
    start = found.args.get("start")
    if isinstance(start, exp.Literal):
        found.set("start", exp.Literal.number(int(start.name) + 1))
    elif start == "UNBOUNDED":
        found.set("start", exp.Literal.number(1))
    else:
        found.set("end", "CURRENT ROW")
        found.set("end_side", None)


def in_join(node: exp.Expression) -> bool:
    """Whether the node is in a join's condition, where most changes give another number of rows and are found at once."""
    join = node.find_ancestor(exp.Join, exp.Select)
    return isinstance(join, exp.Join)


def shown_node(node: exp.Expression) -> exp.Expression:
    """The nearest node around that a reader recognizes: a column with its name, a filter, a join or a window."""
    found = node
    while not isinstance(found.parent, (exp.Select, type(None))) and not isinstance(
        found, (exp.Alias, exp.Where, exp.Having, exp.Qualify, exp.Join, exp.Order, exp.Group, exp.Union, exp.Select)
    ):
        found = found.parent
    return found


def place_of(node: exp.Expression) -> str:
    """The common table expression that has the node, or `select` for the last one."""
    table = node.find_ancestor(exp.CTE)
    return table.alias if table else "select"


def path_of(node: exp.Expression) -> Path:
    path = []
    while node.parent is not None:
        path.append((node.arg_key, node.index))
        node = node.parent
    return tuple(reversed(path))


def at(statement: exp.Expression, path: Path) -> exp.Expression | None:
    """The node at a path, or None if a mistake has removed it."""
    for key, index in path:
        value = statement.args.get(key)
        statement = value if index is None else value[index]
        if statement is None:
            break
    return statement


def counterparts(statement: exp.Expression, other: exp.Expression) -> dict[Path, Path]:
    """The paths of a statement that lead to the same node in another rendering of it, with other tables and constants."""
    found: dict[Path, Path] = {}

    def pair(left: exp.Expression, right: exp.Expression, path: Path, other_path: Path) -> None:
        if type(left) is not type(right):
            return
        found[path] = other_path
        for key, value in left.args.items():
            match = right.args.get(key)
            if isinstance(value, exp.Expression) and isinstance(match, exp.Expression):
                pair(value, match, (*path, (key, None)), (*other_path, (key, None)))
            elif isinstance(value, list) and isinstance(match, list):
                for one, two in paired(value, match):
                    if isinstance(value[one], exp.Expression):
                        pair(value[one], match[two], (*path, (key, one)), (*other_path, (key, two)))

    pair(statement, other, (), ())
    return found


def paired(values: list, others: list) -> Iterator[tuple[int, int]]:
    if len(values) == len(others):
        yield from ((index, index) for index in range(len(values)))
        return
    names = [[one.alias_or_name or text(one) if isinstance(one, exp.Expression) else one for one in side] for side in (values, others)]
    for block in SequenceMatcher(None, *names, autojunk=False).get_matching_blocks():
        yield from ((block.a + step, block.b + step) for step in range(block.size))

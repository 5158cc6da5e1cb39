"""Writes a statement for Redshift as one for PostgreSQL that does the same, where the two differ."""

from tokens import Token, clauses, closing, name, tokens

# These end an item of a from clause that has no alias.
AFTER_ITEM = {
    *("where", "group", "order", "having", "limit", "union", "except", "intersect", "minus", "qualify", "window"),
    *("join", "inner", "left", "right", "full", "cross", "natural", "on", "using", ")", ",", ";"),
}
# Catalogs as Redshift shows them, without the columns of late-binding views.
CATALOGS = {("information_schema", "columns"), ("pg_catalog", "pg_attribute")}


class Edits:
    """Replacements in a text, by place."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.parts: list[tuple[int, int, str]] = []

    def replace(self, first: Token, last: Token, text: str) -> None:
        self.parts.append((first.start, last.end, text))

    def insert(self, place: int, text: str) -> None:
        self.parts.append((place, place, text))

    def result(self) -> str:
        sql = self.sql
        for start, end, text in sorted(self.parts, reverse=True):
            sql = sql[:start] + text + sql[end:]
        return sql


def rewritten(sql: str) -> str:
    """The statement for PostgreSQL."""
    found = tokens(sql)
    edits = Edits(sql)
    words = [token.text for token in found]
    if words[:1] == ["create"] and "table" in words[:4]:
        table_attributes(found, words, edits)
    if words[-4:] == ["with", "no", "schema", "binding"] or words[-5:] == ["with", "no", "schema", "binding", ";"]:
        first = len(words) - 1 - words[::-1].index("with")
        edits.replace(found[first], found[first + 3], "")
        edits.insert(0, "/* late binding */ ")
    if words[:1] in (["grant"], ["revoke"]):
        for token in found:
            if token.text == "role":
                edits.replace(token, token, "")
    unnested: set[str] = set()
    clause = clauses(words)
    for i, token in enumerate(found):
        following = words[i + 1] if i + 1 < len(words) else ""
        if token.text in ("dateadd", "datediff") and following == "(":
            edits.replace(found[i + 2], found[i + 2], f"'{name(found[i + 2])}'")
        elif token.text == "listagg" and following == "(":
            listagg(found, words, i, edits)
        elif token.text in ("from", "join") and following == "(" and words[i + 2] in ("select", "with", "("):
            last = closing(words, i + 1)
            if last + 1 >= len(words) or words[last + 1] in AFTER_ITEM:
                edits.insert(found[last].end, f" as unnamed_{i}")
        elif is_array(found, words, i) and clause[i] == "from":
            alias, path = name(found[i + 5]), f"{words[i + 1]}.{words[i + 3]}"
            unnested.add(alias)
            items = f"lateral jsonb_array_elements({path}) as {alias} (object)"
            edits.replace(found[i + 1], found[i + 5], items)
        elif following == "." and (name(token), name(found[i + 2])) in CATALOGS and words[i - 1] != ".":
            edits.replace(token, token, "redshift")
    for i, token in enumerate(found[:-2]):
        if token.text in unnested and words[i + 1] == "." and found[i + 2].kind == "quoted":
            edits.replace(token, found[i + 2], f"({token.text}.object -> '{name(found[i + 2])}')")
    return edits.result()


def is_array(found: list[Token], words: list[str], comma: int) -> bool:
    """Whether `, name.array as alias` follows, without quotes: dbt quotes the names of tables."""
    if words[comma] != "," or words[comma + 2 : comma + 5 : 2] != [".", "as"]:
        return False
    return [token.kind for token in found[comma + 1 : comma + 6]] == ["word", "sign", "word", "word", "word"]


def table_attributes(found: list[Token], words: list[str], edits: Edits) -> None:
    """Takes distribution and sort keys away; `create table as` then names their columns, so that they must be there."""
    columns: list[str] = []
    i = depth = 0
    while i < len(found):
        depth += {"(": 1, ")": -1}.get(words[i], 0)
        if depth == 0 and words[i] == "as":
            break
        width = 0
        if depth == 0 and words[i] in ("backup", "diststyle"):
            width = 2
        elif depth == 0 and words[i] in ("compound", "interleaved"):
            width = 1
        elif depth == 0 and words[i] in ("distkey", "sortkey") and words[i + 1] == "(":
            last = closing(words, i + 1)
            columns += [edits.sql[token.start : token.end] for token in found[i + 2 : last] if token.text != ","]
            width = last + 1 - i
        if width:
            edits.replace(found[i], found[i + width - 1], "")
            i += width
        else:
            i += 1
    if i < len(found) and columns:
        start, end = i + 1, len(found) - 1
        while words[end] == ";":
            end -= 1
        edits.insert(found[start].start, "select * from (")
        edits.insert(found[end].end, f") as result where row({', '.join(columns)}) is not null or true")


def listagg(found: list[Token], words: list[str], place: int, edits: Edits) -> None:
    """listagg(…) within group (order by …) is string_agg(… order by …)."""
    edits.replace(found[place], found[place], "string_agg")
    last = closing(words, place + 1)
    if words[last + 1 : last + 4] == ["within", "group", "("]:
        end = closing(words, last + 3)
        order = edits.sql[found[last + 4].start : found[end].start]
        edits.replace(found[last], found[end], f" {order})")

"""The tokens of Redshift's SQL, with their places, so that text can be changed without writing all of it again."""

import re
from functools import lru_cache
from typing import NamedTuple

# In Redshift a backslash escapes the next character of a text.
TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^'\\]|\\.|'')*')
    |(?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<quoted>"(?:[^"]|"")*")
    |(?P<word>[^\W\d]\w*)
    |(?P<number>\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)
    |(?P<sign>::|<=|>=|<>|!=|\|\||.)""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)

CLAUSES = {"select", "from", "where", "by", "on", "having", "values", "set"}


class Token(NamedTuple):
    """A token and its place in the statement; words are in lower case, everything else is as written."""

    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=1)  # rules.py and rewrite.py read the same statement one after the other
def tokens(sql: str) -> list[Token]:
    """All tokens of a statement but space and comments."""
    found = []
    for match in TOKEN.finditer(sql):
        kind = str(match.lastgroup) if match.lastgroup != "tag" else "dollar"
        if kind != "space":
            text = match.group().lower() if kind == "word" else match.group()
            found.append(Token(kind, text, match.start(), match.end()))
    return found


def closing(words: list[str], opening: int) -> int:
    """The place of the parenthesis that closes the one at `opening`."""
    depth = 0
    for i in range(opening, len(words)):
        depth += {"(": 1, ")": -1}.get(words[i], 0)
        if depth == 0:
            return i
    return len(words) - 1


def name(token: Token) -> str:
    """A name as the server keeps it, without quotes."""
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text


def clauses(words: list[str]) -> list[str]:
    """For each word, the keyword of the clause that it is in, at its own depth of parentheses."""
    found = []
    open_clauses = [""]
    for word in words:
        if word in CLAUSES:
            open_clauses[-1] = word
        elif word == ")" and len(open_clauses) > 1:
            open_clauses.pop()
        found.append(open_clauses[-1])
        if word == "(":
            open_clauses.append("")
    return found

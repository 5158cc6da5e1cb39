"""Holds compiled SQL against what Redshift understands: sqlglot parses it, and constructs that Redshift lacks are named.

usage: check_redshift.py FOLDER...
"""

import re
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp

# sqlglot takes unknown functions, so that what Redshift lacks is listed here.
DENIED = {
    "string_agg": r"\bstring_agg\b",
    "date_diff(": r"\bdate_diff\s*\(",
    "strftime": r"\bstrftime\b",
    "// (integer division)": r"//",
    "filter (where": r"\bfilter\s*\(\s*where\b",
    "list functions": r"\blist_\w+\s*\(",
    "lgamma": r"\blgamma\b",
    "generate_series(": r"\bgenerate_series\s*\(",
    "range()": r"\brange\s*\(",
    "mode()": r"\bmode\s*\(\s*\)",
    "qualify": r"\bqualify\b",
    "collate": r"\bcollate\b",
    "try_cast": r"\btry_cast\b",
}
# These take no frame.
RANKING = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.Ntile, exp.PercentRank, exp.CumeDist)


def findings(path: Path) -> list[str]:
    sql = path.read_text()
    code = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", sql, flags=re.DOTALL)
    if not code.strip():
        return []
    found = [f"{path}: {name}" for name, pattern in DENIED.items() if re.search(pattern, code, re.IGNORECASE)]
    try:
        trees = sqlglot.parse(sql, read="redshift")
    except sqlglot.errors.ParseError as error:
        return [*found, f"{path}: {error}"]
    for tree in trees:
        for window in tree.find_all(exp.Window) if tree else []:
            is_framed = window.args.get("spec") is not None or isinstance(window.this, RANKING)
            if window.args.get("order") and not is_framed:
                found.append(f"{path}: a window with an order and without rows: {window.sql()[:100]}")
    return found


def main(folders: list[str]) -> int:
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.sql"))
    found = [finding for file in files for finding in findings(file)]
    print("\n".join([*found, f"{len(files)} files"]))
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What Redshift refuses although PostgreSQL takes it, after the Amazon Redshift Database Developer Guide.

usage: rules.py FOLDER..., which names what it finds in the SQL files there
"""

import sys
from pathlib import Path

from tokens import Token, clauses, closing, name, tokens

# May be called. Everything else is refused, so that a function of another engine cannot pass for one of Redshift.
FUNCTIONS = set(
    # aggregates
    """any_value avg bool_and bool_or count listagg max median min percentile_cont percentile_disc stddev stddev_pop
    stddev_samp sum var_pop var_samp variance
    cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank ratio_to_report row_number
    coalesce decode greatest least nullif nvl nvl2
    abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees exp floor ln log mod pi pow power radians random round sign
    sin sqrt tan trunc
    ascii btrim char_length character_length charindex chr concat func_sha1 initcap left len length lower lpad ltrim md5
    octet_length position quote_ident quote_literal regexp_count regexp_instr regexp_replace regexp_substr repeat replace
    replicate reverse right rpad rtrim sha sha1 sha2 soundex split_part strpos strtol substr substring textlen translate
    trim upper
    add_months convert_timezone date_cmp date_part date_part_year date_trunc dateadd datediff extract getdate
    interval_cmp last_day months_between next_day sysdate timeofday timezone to_char to_date to_number to_timestamp
    array array_concat array_flatten get_array_length json_array_length json_extract_array_element_text
    json_extract_path_text json_parse json_serialize json_size json_typeof is_array is_bigint is_boolean is_char is_decimal
    is_float is_integer is_object is_scalar is_smallint is_valid_json is_valid_json_array is_varchar object
    can_json_parse split_to_array subarray
    cast convert try_cast bit_and bit_or checksum crc32 farmfingerprint fnv_hash strtol to_hex from_hex
    pg_backend_pid pg_get_late_binding_view_cols pg_terminate_backend has_table_privilege has_schema_privilege
    has_database_privilege current_schema current_database format_type version current_setting set_config""".split()
)
# Computed on compute nodes alone, so that a query without a table of users cannot call them.
COMPUTE_NODE = {"listagg", "median", "percentile_cont", "percentile_disc"}
# Computed on the leader node alone, so that a query with a table of users cannot call them.
LEADER_NODE = set(
    """age current_schema current_schemas current_time current_timestamp generate_series has_database_privilege
    has_schema_privilege has_table_privilege isfinite localtime localtimestamp now pg_get_late_binding_view_cols
    format_type current_setting substr""".split()
)
LEADER_WORDS = {"current_time", "current_timestamp", "localtime", "localtimestamp"}
# Take an order and no frame.
RANKING = {"cume_dist", "dense_rank", "lag", "lead", "ntile", "percent_rank", "rank", "row_number"}
RESERVED = set(
    """aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze from
    full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect interval
    into is isnull join language leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32
    mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel
    partition percent permissions pivot placing primary raw readratio recover references rejectlog resort respect restore
    right select session_user similar snapshot some sysdate system table tag tdes text255 text32k then timestamp to top
    trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where with without""".split()
)
# Of those, the ones that have no place in a query but as a name.
NAMES = RESERVED & set(
    """aes128 aes256 allowoverwrite az64 backup blanksasnull bytedict bzip2 credentials defrag deflate delta delta32k
    disable emptyasnull enable encrypt encryption explicit freeze globaldict256 globaldict64k gzip identity language lun
    luns lzo lzop mostly16 mostly32 mostly8 new off offline old open parallel percent permissions raw readratio recover
    rejectlog resort restore snapshot system tag tdes text255 text32k truncatecolumns wallet without""".split()
)
# Words that a parenthesis may follow without a call.
NOT_CALLS = set(
    """all and any as between by case check distinct else except exists from group having in inner intersect into join key
    left right like ilike limit not offset on or order over partition select set then to union unique using values when
    where with within cols returning materialized add varchar character varying char bpchar numeric decimal time timestamp
    timestamptz distkey sortkey primary foreign references table default is full cross outer cluster""".split()
)
END_OF_ON = {"join", "left", "right", "inner", "full", "cross", "where", "group", "order", "having", "limit", "union"}
END_OF_ON |= {"intersect", "except", "natural", ";"}
PHRASES = {
    ("distinct", "on"): "distinct on",
    ("lateral",): "lateral",
    ("distinct", "from"): "is distinct from",
    ("returning",): "returning",
    ("on", "conflict"): "on conflict",
    ("any", "(", "array"): "any(array)",
    ("filter", "(", "where"): "filter (where)",
    ("collate",): "collate",
    ("from", "(", "values"): "values as a table",
    ("join", "(", "values"): "values as a table",
    ("as", "(", "values"): "values as a table",
    ("materialized", "("): "materialized in a CTE",
    ("with", "ordinality"): "with ordinality",
    ("/", "/"): "integer division with //",
}
FIRST_OF_PHRASES = {phrase[0] for phrase in PHRASES}
CATALOGS = {"information_schema", "pg_catalog"}
SYSTEM_VIEWS = ("pg_", "svv_", "svl_", "stv_", "stl_", "sys_")


def refusals(sql: str) -> list[str]:
    """Why Redshift would refuse a statement; empty when it would not."""
    found = tokens(sql)
    words = [token.text for token in found]
    reasons = [*phrases(words), *names(words), *calls(found, words), *windows(words), *joins(words)]
    return list(dict.fromkeys(reasons))


def phrases(words: list[str]) -> list[str]:
    """Constructs that a few words tell."""
    found = [
        text
        for i, word in enumerate(words)
        if word in FIRST_OF_PHRASES
        for phrase, text in PHRASES.items()
        if tuple(words[i : i + len(phrase)]) == phrase
    ]
    if words[:1] == ["delete"] and ("using", "(") in zip(words, words[1:], strict=False):
        found.append("a subquery in delete using")
    for i, word in enumerate(words):
        if word in ("numeric", "decimal") and words[i - 1] in ("as", "::") and words[i + 1 : i + 2] != ["("]:
            found.append(f"{word} without precision: it has no digits after the point")
    orders: dict[int, set[tuple[str, ...]]] = {}
    for i in range(len(words)):
        if words[i : i + 3] == ["within", "group", "("]:
            orders.setdefault(query_of(words, i), set()).add(tuple(words[i + 3 : closing(words, i + 2)]))
    if any(len(of_query) > 1 for of_query in orders.values()):
        found.append("aggregates within groups of different orders")
    return found


def query_of(words: list[str], place: int) -> int:
    """The place of the select that a word belongs to."""
    depth = 0
    for i in range(place, -1, -1):
        depth += {")": 1, "(": -1}.get(words[i], 0)
        if depth <= 0 and words[i] == "select":
            return i
    return 0


def names(words: list[str]) -> list[str]:
    """Reserved words where a name belongs."""
    is_command = words[:1] and words[0] in ("vacuum", "copy", "unload", "set")
    found = []
    for i, word in enumerate(words):
        before = words[i - 1] if i else ""
        is_type = word == "without" and before in ("time", "timestamp")
        is_option = is_command or (word == "backup" and "table" in words[:4])
        is_name = word in NAMES and before != "." and not is_type and not is_option
        is_alias = before == "as" and word in RESERVED - {"select", "with", "timestamp"}
        is_qualifier = word in RESERVED and before != "." and words[i + 1 : i + 2] == ["."]
        if is_name or is_alias or is_qualifier:
            found.append(f"the reserved word {word} as a name")
    return found


def calls(found: list[Token], words: list[str]) -> list[str]:
    """Functions that Redshift does not have, or not on the nodes that run this statement."""
    reasons = []
    called = LEADER_WORDS & set(words)
    for i, token in enumerate(found[:-1]):
        if token.kind != "word" or words[i + 1] != "(":
            continue
        if token.text in FUNCTIONS | LEADER_NODE | COMPUTE_NODE:
            called.add(token.text)
        elif token.text not in NOT_CALLS and not is_name(words, i):
            reasons.append(f"the function {token.text}, which Redshift does not have or rules.py does not know")
        arguments = words[i + 2 : closing(words, i + 1)]
        if token.text == "substring" and "from" not in arguments and len(split(arguments)) < 3:
            reasons.append("substring without a length, which only binary values may have")
    if reads_a_table(found, words):
        reasons += [f"{function} on a table: it runs on the leader node alone" for function in sorted(called & LEADER_NODE)]
    else:
        reasons += [f"{function} without a table: it runs on compute nodes alone" for function in sorted(called & COMPUTE_NODE)]
    return reasons


def is_name(words: list[str], place: int) -> bool:
    """Whether a word before a parenthesis is a table or an alias with a list of columns."""
    before = words[place - 1] if place else ""
    after = words[closing(words, place + 1) + 1 :][:2]
    return before in ("into", "table", "exists", "as", ".", ")") or (before in ("with", ",") and after == ["as", "("])


def reads_a_table(found: list[Token], words: list[str]) -> bool:
    """Whether a statement reads a table of users: one that is in no catalog and is no CTE."""
    ctes = {words[i] for i in range(len(words) - 2) if words[i + 1 : i + 3] == ["as", "("]}
    clause = clauses(words)
    for i, word in enumerate(words[:-1]):
        is_item = word == "join" or (word == "," and clause[i] == "from")
        is_item = is_item or (word == "from" and words[i - 3 : i - 1] != ["extract", "("])
        if is_item and found[i + 1].kind in ("word", "quoted") and words[i + 2 : i + 3] != ["("]:
            table = name(found[i + 1])
            if table not in ctes | CATALOGS | {"lateral"} and not table.startswith(SYSTEM_VIEWS):
                return True
    return False


def windows(words: list[str]) -> list[str]:
    """Windows without the frame that Redshift demands, with one that it refuses, or over constants."""
    reasons = []
    for i, word in enumerate(words[:-1]):
        if word != "over" or words[i + 1] != "(":
            continue
        function, arguments = called_before(words, i)
        clauses = window_clauses(words[i + 2 : closing(words, i + 1)])
        has_frame = clauses["frame"] is not None
        if function in RANKING and has_frame:
            reasons.append(f"{function} with a frame")
        elif function not in RANKING and clauses["order"] is not None and not has_frame:
            reasons.append(f"{function} over a window with an order and without a frame (rows …)")
        if function in ("lag", "lead") and arguments > 2:
            reasons.append(f"{function} with a default")
        for clause in ("partition", "order"):
            items = split(clauses[clause] or [])
            if any(len([w for w in item if w not in ("asc", "desc")]) == 1 and item[0][0] in "'0123456789" for item in items):
                reasons.append(f"a constant in a window's {clause} by")
    return reasons


def called_before(words: list[str], over: int) -> tuple[str, int]:
    """The function whose window starts at `over`, and how many arguments it has."""
    i = over - 1
    while i > 0 and words[i] in ("nulls", "ignore", "respect"):
        i -= 1
    opening = next((j for j in range(i, -1, -1) if words[j] == "(" and closing(words, j) == i), 0)
    if words[opening - 2 : opening] == ["within", "group"]:
        return called_before(words, opening - 2)
    return words[opening - 1], len(split(words[opening + 1 : i]))


def window_clauses(words: list[str]) -> dict[str, list[str] | None]:
    clauses: dict[str, list[str] | None] = {"partition": None, "order": None, "frame": None}
    current, depth = "", 0
    for i, word in enumerate(words):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word in ("partition", "order") and words[i + 1 : i + 2] == ["by"]:
            current = word
            clauses[current] = []
        elif depth == 0 and word in ("rows", "range", "groups"):
            current = "frame"
            clauses[current] = [word]
        elif current and not (word == "by" and words[i - 1] == current):
            clauses[current].append(word)
    return clauses


def split(words: list[str]) -> list[list[str]]:
    """The parts of a list with commas between."""
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word == ",":
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def joins(words: list[str]) -> list[str]:
    """Conditions of joins that Redshift cannot carry out."""
    reasons = []
    side = ""
    for i, word in enumerate(words):
        if word == "join":
            before = words[max(0, i - 2) : i]
            side = next((s for s in ("full", "left", "right") if s in before), "inner")
            depth, j = 0, i + 1
            while j < len(words) and not (depth == 0 and words[j] in ("on", "using", *END_OF_ON)):
                depth += {"(": 1, ")": -1}.get(words[j], 0)
                if depth < 0:
                    break
                j += 1
            if j >= len(words) or words[j] != "on":
                continue
            depth, end = 0, j + 1
            while end < len(words) and not (depth == 0 and (words[end] in END_OF_ON and words[end + 1 : end + 2] != ["("])):
                depth += {"(": 1, ")": -1}.get(words[end], 0)
                if depth < 0:
                    break
                end += 1
            condition = words[j + 1 : end]
            if side == "full" and set(condition) & {"<", ">", "<=", ">=", "<>", "!=", "or", "between", "like", "in", "is", "not"}:
                reasons.append("a full join on anything but equality")
            if side != "inner" and "select" in condition:
                reasons.append("a subquery in the condition of an outer join")
    return reasons


def main(folders: list[str]) -> int:
    import sqlglot  # is only needed where no server parses the files

    files = sorted(file for folder in folders for file in Path(folder).rglob("*.sql"))
    found = []
    for file in files:
        sql = file.read_text()
        found += [f"{file}: {reason}" for reason in refusals(sql)]
        try:
            sqlglot.parse(sql, read="redshift")
        except sqlglot.errors.ParseError as error:
            found.append(f"{file}: {error}")
    print("\n".join([*found, f"{len(files)} files"]))
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

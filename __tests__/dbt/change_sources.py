"""Changes the sources of a warehouse as changed_sources.sql says.

usage: change_sources.py WAREHOUSE, a DuckDB file or the port of PostgreSQL
"""

import sys
from pathlib import Path

from warehouse import connection

if __name__ == "__main__":
    connection(sys.argv[1]).cursor().execute(Path(__file__).with_name("changed_sources.sql").read_text())

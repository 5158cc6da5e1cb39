"""Makes a database on a PostgreSQL server that looks like Redshift's once the proxy stands before it.

usage: set_up.py POSTGRES_PORT DATABASE
"""

import sys
from pathlib import Path

import psycopg2


def execute(port: str, database: str, sql: str) -> None:
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname=database)
    connection.autocommit = True
    connection.cursor().execute(sql)
    connection.close()


if __name__ == "__main__":
    server_port, name = sys.argv[1:]
    utf8 = "encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"
    execute(server_port, "postgres", f"create database {name} template template0 {utf8}")
    execute(server_port, name, Path(__file__).with_name("redshift.sql").read_text().replace("%DATABASE%", name))

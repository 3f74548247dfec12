"""DuckDB's way of the same diff: `duck.py FOLDER load | files | table`; prints the seconds of the query alone."""

import sys
import time

import duckdb

COLUMNS = ["code", "name", "email", "city", "amount", "day", "phone"]


def main(folder, mode):
    connection = duckdb.connect(f"{folder}/duck.db")
    connection.execute("set threads=2")
    connection.execute("set preserve_insertion_order=false")
    if mode == "load":
        connection.execute(f"create or replace table old as from read_csv('{folder}/old.csv', all_varchar=true)")
        return
    old = "old" if mode == "table" else f"read_csv('{folder}/old.csv', all_varchar=true)"
    differs = " or ".join(f"n.{column} is distinct from o.{column}" for column in COLUMNS)
    begun = time.monotonic()
    connection.execute(
        f"""copy (
            select case when o.id is null then 'added' when n.id is null then 'removed' else 'changed' end as class,
                   coalesce(n.id, o.id) as id, {', '.join('n.' + column for column in COLUMNS)}
            from read_csv('{folder}/new.csv', all_varchar=true) n full outer join {old} o on n.id = o.id
            where o.id is null or n.id is null or {differs}
        ) to '{folder}/duck.out' (format csv)"""
    )
    print(time.monotonic() - begun)


main(*sys.argv[1:])

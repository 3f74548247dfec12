"""The diff beside DuckDB, and reading beside the database's own client."""

import os
import shutil
import statistics
import sys

from .figures import pairs
from .postgres import Cluster
from .processes import run, say

HERE = os.path.dirname(os.path.abspath(__file__))


class Rows:
    """A folder with old.csv, new.csv and a snapshot that holds old.csv as delivered."""

    def __init__(self, parts, work, count):
        self.parts, self.count = parts, count
        self.folder = f"{work}/rows-{count}"
        if not os.path.exists(self.folder + "/snapshot"):
            say(f"# {count:,} rows are generated and delivered to a snapshot")
            run([parts, "generate", self.folder, str(count)])
            run([parts, "deliver", self.folder])

    def diff(self, source="csv", name="new.csv"):
        return run([self.parts, "diff", self.folder, source, name])

    def read(self, source="csv", name="new.csv"):
        return run([self.parts, "read", self.folder, source, name])

    def duck(self, mode):
        cost = run([sys.executable, HERE + "/duck.py", self.folder, mode])
        # Python's start and import are not DuckDB's: only the query counts.
        cost.wall = float(cost.output) if cost.output else cost.wall
        return cost

    def remove(self):
        shutil.rmtree(self.folder)


def against_duckdb(figures, parts, work, counts, times):
    for count in counts:
        rows = Rows(parts, work, count)
        rows.duck("load")
        name = f"diff, CSV, {count:,} rows"
        peaks, peers = [], []
        for mode, words, bound in (("files", "DuckDB from two files", 0.5), ("table", "DuckDB, old side in a table", 1.0)):
            ratios = []
            for ours, theirs in pairs(times, rows.diff, lambda: rows.duck(mode)):
                ratios.append(ours.wall / theirs.wall)
                peaks.append(ours.peak_mb)
                peers.append(theirs.peak_mb)
            figures.ratio(f"{name}: wall against {words}", ratios, at_most=bound)
        figures.at_most(f"{name}: peak resident memory, MB", max(peaks), 120)
        figures.add(f"{name}: DuckDB's peak resident memory, MB", max(peers))
        figures.add(f"{name}: seconds", statistics.median([rows.diff().wall for _ in range(3)]))


def unchanged(figures, parts, work, count, times):
    rows = Rows(parts, work, count)
    ratios = [
        ours.wall / alone.wall
        for ours, alone in pairs(times, lambda: rows.diff(name="old.csv"), lambda: rows.read(name="old.csv"))
    ]
    figures.ratio(f"unchanged, CSV, {count:,} rows: wall against our reader alone", ratios, at_most=1.2)


def against_psql(figures, parts, work, count, times):
    rows = Rows(parts, work, count)
    with Cluster(work + "/postgres") as database:
        for name in ("old", "new"):
            database.load(name, f"{rows.folder}/{name}.csv")
        columns = "id, code, name, email, city, amount, day, phone"

        name = f"diff, PostgreSQL, {count:,} rows"
        ratios, peaks = [], []
        for ours, theirs in pairs(times, lambda: rows.diff(database.words, "new"), lambda: database.copy("new", columns)):
            ratios.append(ours.wall / theirs.wall)
            peaks.append(ours.peak_mb)
        figures.ratio(f"{name}: wall against psql COPY", ratios, at_most=1.15)
        figures.at_most(f"{name}: peak resident memory, MB", max(peaks), 120)
        ratios = [
            ours.wall / alone.wall
            for ours, alone in pairs(
                times, lambda: rows.diff(database.words, "old"), lambda: rows.read(database.words, "old")
            )
        ]
        figures.ratio(f"unchanged, PostgreSQL, {count:,} rows: wall against our reader alone", ratios, at_most=1.2)

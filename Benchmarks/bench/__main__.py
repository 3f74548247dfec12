"""`python -m bench [SECTION…]`: measures and prints the table; `--help` says more."""

import argparse
import os
import shutil
import tempfile

from . import delivery, diffing, growth, resting
from .figures import Figures, into_readme

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECTIONS = ["diff", "unchanged", "postgres", "delivery", "calendars", "idle", "start", "at-once", "followers", "growth"]


def main():
    parser = argparse.ArgumentParser(prog="make bench", description="Whole processes side by side, in turns.")
    parser.add_argument("sections", nargs="*", default=SECTIONS, help=" ".join(SECTIONS))
    parser.add_argument("--programs", default=HERE + "/../.build/release", help="the folder of the built programs")
    parser.add_argument("--parts", default=HERE + "/.build/release/parts", help="the program of the single stations")
    parser.add_argument("--pairs", type=int, default=11, help="how many pairs a ratio is the median of")
    parser.add_argument("--delivery-pairs", type=int, default=11)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--many-rows", type=int, default=10_000_000, help="0: only --rows")
    parser.add_argument("--peer-rows", type=int, default=100_000, help="simple-salesforce gets so many of the rows")
    parser.add_argument("--idle-seconds", type=int, default=60)
    parser.add_argument("--results", default=HERE + "/results/latest.json")
    options = parser.parse_args()
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are {' '.join(SECTIONS)}")
    programs, parts = os.path.abspath(options.programs), os.path.abspath(options.parts)
    figures = Figures()
    work = tempfile.mkdtemp(prefix="sequenced-bench-")
    counts = [count for count in (options.rows, options.many_rows) if count]
    try:
        for section in options.sections:
            if section == "diff":
                diffing.against_duckdb(figures, parts, work, counts, options.pairs)
            elif section == "unchanged":
                diffing.unchanged(figures, parts, work, options.rows, options.pairs)
            elif section == "postgres":
                diffing.against_psql(figures, parts, work, options.rows, options.pairs)
            elif section == "delivery":
                delivery.against_simple_salesforce(
                    figures, programs, work, options.rows, options.peer_rows, options.delivery_pairs
                )
            elif section == "calendars":
                resting.calendars(figures, parts, options.pairs)
            elif section == "idle":
                resting.idle(figures, programs, work, options.idle_seconds)
            elif section == "start":
                resting.start(figures, programs, work, options.pairs)
            elif section == "at-once":
                resting.all_at_once(figures, programs, work)
            elif section == "followers":
                resting.followers(figures, programs, work)
            elif section == "growth":
                steps = [10_000, 100_000] + counts
                growth.curves(figures, programs, parts, work, HERE + "/../docs/pictures", steps, steps)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(os.path.dirname(options.results), exist_ok=True)
        figures.write(options.results)
        if options.results.endswith("/results/latest.json"):
            into_readme(HERE + "/../README.md", options.results, "make bench")


main()

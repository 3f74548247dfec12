"""How cost grows with the number of rows: time should be a straight line, memory a flat one."""

import os
import statistics

from . import plot
from .delivery import Ours
from .diffing import Rows
from .emulator import Emulator


def curves(figures, programs, parts, work, pictures, diff_counts, delivery_counts):
    time_lines, memory_lines = {"diff": [], "delivery (Bulk 2.0)": []}, {"diff": [], "delivery (Bulk 2.0)": []}
    for count in diff_counts:
        rows = Rows(parts, work, count)
        costs = [rows.diff() for _ in range(5 if count < 10_000_000 else 3)]
        keep(figures, "diff", count, statistics.median(cost.wall for cost in costs), max(cost.peak_mb for cost in costs))
        time_lines["diff"].append((count, statistics.median(cost.wall for cost in costs)))
        memory_lines["diff"].append((count, max(cost.peak_mb for cost in costs)))
    for count in delivery_counts:
        with Emulator(programs + "/salesforce-emulator", work) as emulator:
            ours = Ours(programs, work, emulator, count, "bulk2")
            cost = ours.first()
            ours.host.stop()
        keep(figures, "delivery (Bulk 2.0)", count, cost["wall"], cost["peak"])
        time_lines["delivery (Bulk 2.0)"].append((count, cost["wall"]))
        memory_lines["delivery (Bulk 2.0)"].append((count, cost["peak"]))
    os.makedirs(pictures, exist_ok=True)
    plot.write(pictures + "/growth-time.svg", "Time by number of rows", "rows", "seconds", time_lines)
    plot.write(pictures + "/growth-memory.svg", "Peak resident memory by number of rows", "rows", "MB", memory_lines)


def keep(figures, what, count, seconds, peak):
    figures.add(f"growth, {what}, {count:,} rows: microseconds a row", seconds / count * 1e6)
    figures.add(f"growth, {what}, {count:,} rows: peak resident memory, MB", peak)

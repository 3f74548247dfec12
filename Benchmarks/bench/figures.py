"""Figures, their intervals, the table and the file of results."""

import json
import random
import statistics

RESAMPLES = 10_000


class Figures:
    """Collects what was measured, in the order of the table."""

    def __init__(self):
        self.rows = []

    def add(self, name, value, target="", met=None, low=None, high=None):
        """A single figure. `met` is None where there is no target or the interval straddles it."""
        low = value if low is None else low
        high = value if high is None else high
        self.rows.append(
            {"name": name, "value": value, "low": low, "high": high, "target": target, "met": met}
        )
        mark = {True: "met", False: "missed", None: "open" if target else ""}[met]
        print(f"{name:<74} {value:>12.4g}  [{low:.4g}, {high:.4g}]  {target:<8} {mark}", flush=True)

    def at_most(self, name, value, bound, unit=""):
        self.add(name, value, f"<= {bound}{unit}", value <= bound)

    def ratio(self, name, ratios, at_most=None, at_least=None):
        """The median of paired ratios with its bootstrap 95 % interval, met when the worse end meets the target."""
        low, high = interval(ratios)
        target, met = "", None
        if at_most is not None:
            target = f"<= {at_most} x"
            met = True if high <= at_most else False if low > at_most else None
        if at_least is not None:
            target = f">= {at_least} x"
            met = True if low >= at_least else False if high < at_least else None
        self.add(name, statistics.median(ratios), target, met, low, high)

    def write(self, path):
        """Writes the results; figures of an earlier run that this one did not measure stay."""
        try:
            with open(path) as file:
                earlier = json.load(file)
        except FileNotFoundError:
            earlier = []
        names = {row["name"] for row in self.rows}
        with open(path, "w") as file:
            json.dump([row for row in earlier if row["name"] not in names] + self.rows, file, indent=1)
            file.write("\n")


def table(rows):
    """The rows that have a target, as a table of Markdown."""
    lines = ["| what | measured | 95 % | target | |", "| --- | ---: | --- | --- | --- |"]
    for row in rows:
        if not row["target"]:
            continue
        spread = "" if row["low"] == row["high"] else f"{plain(row['low'])} – {plain(row['high'])}"
        mark = {True: "met", False: "**missed**", None: "open"}[row["met"]]
        lines.append(f"| {row['name']} | {plain(row['value'])} | {spread} | {row['target'].replace('=', '').replace('<', '≤').replace('>', '≥')} | {mark} |")
    return "\n".join(lines) + "\n"


def plain(value):
    """Three figures that count, never as a power of ten."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def into_readme(path, results, command):
    """Puts the table between its two marks in the README."""
    with open(results) as file:
        rows = json.load(file)
    with open(path) as file:
        text = file.read()
    begin, end = "<!-- bench: begin -->\n", "<!-- bench: end -->"
    if begin not in text or end not in text:
        return
    head, rest = text.split(begin, 1)
    _, tail = rest.split(end, 1)
    with open(path, "w") as file:
        file.write(f"{head}{begin}`{command}`:\n\n{table(rows)}{end}{tail}")


def interval(values, seed=1):
    """The bootstrap 95 % interval of the median."""
    chance = random.Random(seed)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975) - 1]


def pairs(count, first, second):
    """Runs two things in turns, which of them begins changing each time; yields what each returned."""
    for index in range(count):
        if index % 2:
            b = second()
            a = first()
        else:
            a = first()
            b = second()
        yield a, b

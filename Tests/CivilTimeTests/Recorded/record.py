#!/usr/bin/env python3
"""Writes calendar-answers.txt: what `systemd-analyze calendar` says of generated expressions in ten zones.

Run by hand, with systemd 252 or later installed. Expressions come from a fixed seed, so a second run differs only where
systemd or the zone data do. The file's first line names both. Times are seconds after the line's base, in base 36;
`!` stands for a refusal, `-` for never, `?` for an answer that systemd failed to work out.
"""
import calendar
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

ZONES = [
    "America/New_York", "Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo",
    "America/Santiago", "Asia/Kolkata", "Asia/Tehran", "Pacific/Auckland", "America/St_Johns",
]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
random.seed(8647)


def chain(low, high, width, star=0.4, lists=True):
    if random.random() < star:
        return "*"

    def number(value):
        return f"{value:0{random.choice([1, width])}d}"

    def item():
        kind = random.random()
        if kind < 0.55:
            return number(random.randint(low, high))
        if kind < 0.75:
            first = random.randint(low, high)
            return f"{number(first)}..{number(random.randint(first, high))}"
        if kind < 0.9:
            first = random.randint(low, max(low, (low + high) // 2))
            return f"{number(first)}/{random.randint(1, max(1, high - first))}"
        first = random.randint(low, high)
        return f"{number(first)}..{number(random.randint(first, high))}/{random.randint(1, 6)}"

    count = random.choice([1, 1, 1, 2, 3]) if lists else 1
    return ",".join(item() for _ in range(count))


def weekdays():
    def item():
        first = random.randrange(7)
        name = random.choice([str, str.lower, str.upper])
        if random.random() < 0.6:
            return name(random.choice([DAYS[first], calendar.day_name[first]]))
        return name(f"{DAYS[first]}{random.choice(['..', '..', '-'])}{DAYS[random.randrange(first, 7)]}")

    return ",".join(item() for _ in range(random.choice([1, 1, 2, 3]))) + random.choice(["", "", "", ","])


def date():
    month = chain(1, 12, 2, 0.6)
    if random.random() < 0.2:
        day = "~" + chain(1, 28, 2, 0.05)
    else:
        day = "-" + chain(1, 31, 2, 0.3)
    if random.random() < 0.3:
        return month + day
    year = random.choice(["*", "*", "*", "*", "2026..2030", "2026/2", "26", "2027,2029", "2028"])
    return f"{year}-{month}{day}"


def time():
    text = f"{chain(0, 23, 2, 0.25)}:{chain(0, 59, 2, 0.2)}"
    if random.random() < 0.3:
        text += ":" + random.choice([chain(0, 59, 2, 0.1), "00", "30", "0/30", "15", "0.5", "00.250000", "1..10/2.5"])
    return text


def expression():
    if random.random() < 0.03:
        return random.choice([
            "minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually",
            "bi-annually", "semi-annually", "biannually", "anually", "DAILY",
        ])
    kind = random.random()
    parts = []
    if kind < 0.35:
        parts.append(weekdays())
    if kind < 0.75:
        if random.random() < 0.7 or not parts:
            parts.append(date())
    if kind > 0.15 or not parts:
        parts.append(time())
    return " ".join(parts)


def broken():
    text = expression()
    for _ in range(random.choice([1, 1, 2])):
        at = random.randrange(len(text) + 1)
        cut = random.choice([0, 0, 1, 2])
        text = text[:at] + random.choice([" ", ":", "-", "~", ",", "..", "/", "*", "0", "31", "60", "x", ".", "Mon", "T", ""]) + text[at + cut:]
    return text


def far_from_changes(zone):
    """The zone's transitions between 2025 and 2031, from zdump."""
    out = subprocess.run(["zdump", "-v", "-c", "2025,2032", zone], capture_output=True, text=True, check=True).stdout
    found = []
    for line in out.splitlines():
        match = re.search(r"\w{3} (\w{3} +\d+ \d\d:\d\d:\d\d \d{4}) UT", line)
        if match:
            found.append(calendar.timegm(datetime.strptime(match.group(1), "%b %d %H:%M:%S %Y").timetuple()))
    return found


def ask(expressions, base):
    stamp = datetime.fromtimestamp(base, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    answers = []
    for text in expressions:
        run = subprocess.run(
            ["systemd-analyze", "calendar", f"--base-time={stamp}", "--iterations=3", "--", text],
            capture_output=True, text=True, env={**os.environ, "TZ": "UTC"},
        )
        normal = re.search(r"Normalized form: (.*)", run.stdout)
        times = re.findall(r"(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", run.stdout)
        seconds = [calendar.timegm(datetime.strptime(t, "%Y-%m-%d %H:%M:%S").timetuple()) - base for t in times]
        # systemd 252 gives up on some repeated months where clocks change ("Resource deadlock avoided").
        answers.append((normal.group(1) if normal else None, seconds if run.returncode == 0 else None))
    return answers


def base36(value):
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


def main():
    changes = sorted(t for zone in ZONES for t in far_from_changes(zone))
    start = calendar.timegm((2025, 3, 1, 0, 0, 0))
    bases = []
    while len(bases) < 40:
        base = start + random.randrange(5 * 365 * 86400)
        if all(abs(base - t) > 2 * 86400 for t in changes):
            bases.append(base)
    jobs = [(text, random.choice(bases)) for text in dict.fromkeys(expression() for _ in range(2100))][:2000]
    jobs += [(text, bases[0]) for text in dict.fromkeys(broken() for _ in range(500))]

    def work(job):
        text, base = job
        if "\t" in text or text.startswith("-"):
            return None
        plain = ask([text], base)[0]
        if plain[0] is None:  # refused
            return f"{text}\t!"
        zoned = ask([f"{text} {zone}" for zone in ZONES], base)
        fields = ["?" if seconds is None else ",".join(base36(s) for s in seconds) or "-" for _, seconds in zoned]
        return f"{text}\t{plain[0]}\t{base36(base)}\t" + " ".join(fields)

    with ThreadPoolExecutor(4) as pool:
        lines = [line for line in pool.map(work, jobs) if line]
    version = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True).stdout.split()[1]
    with open("/usr/share/zoneinfo/tzdata.zi") as data:
        zones = data.readline().split()[-1]
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "calendar-answers.txt"), "w") as file:
        file.write(f"# systemd {version}, zones {zones}: {' '.join(ZONES)}\n")
        file.write("\n".join(lines) + "\n")
    print(len(lines), "lines", file=sys.stderr)


main()

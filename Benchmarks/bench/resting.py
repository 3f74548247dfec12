"""The daemon at rest and at its start: memory, wake-ups, READY, answers."""

import datetime
import json
import os
import socket
import sqlite3
import statistics
import sys
import threading
import time

from .figures import pairs
from .host import Host
from .processes import run, say
from .systemd import NoSystemd, Systemd


def crowd(programs, work, sequences, windows, calendar):
    """A host with many sequences and quiet windows, none of them due soon."""
    host = Host(programs, work, f"crowd-{sequences}-{windows}")
    host.define_org("http://127.0.0.1:9")
    host.write("sources/files.yaml", f"type: csv\nfolder: {host.folder}\n")
    host.write("models/rows.yaml", "source: files\nfile: rows.csv\nprimary_key: id\n")
    with open(host.folder + "/rows.csv", "w") as file:
        file.write("id,name\nA-1,One\n")
    for number in range(sequences):
        host.write(
            f"syncs/s{number:04}.yaml",
            "model: rows\ndestination: org\nobject: Account\nmode: upsert\n"
            "match: { column: id, field: External_Id__c }\nfields: { Name: name }\n",
        )
        host.write(
            f"sequences/q{number:04}.yaml",
            f"schedule: {{ calendar: \"{calendar(number)}\" }}\nsteps:\n  - sync: s{number:04}\n",
        )
    for number in range(windows):
        host.write(
            f"quiet-windows/w{number:05}.yaml",
            "destination: org\nobjects: [Account]\n"
            f"calendar: \"Sun *-*-* {number % 24:02}:{number % 60:02} Europe/London\"\nduration: 5min\n",
        )
    return host


def far(number):
    """Once a year, on some day other than tomorrow."""
    month = (datetime.date.today().month + 5 + number % 3) % 12 + 1
    return f"*-{month:02}-{1 + number % 28:02} {number % 24:02}:{number % 60:02} Europe/London"


def idle(figures, programs, work, seconds):
    host = crowd(programs, work, 1_000, 10_000, far)
    figures.add("idle daemon, 1,000 sequences, 10,000 windows: seconds until READY", host.start())
    time.sleep(5)
    cpu, switches = host.daemon.cpu(), host.daemon.switches()
    time.sleep(seconds)
    share = (host.daemon.cpu() - cpu) / seconds * 100
    figures.at_most("idle daemon: share of a core, %", share, 0.1)
    figures.add("idle daemon: wake-ups a minute", (host.daemon.switches() - switches) / seconds * 60)
    figures.at_most("idle daemon: private memory (RssAnon), MB", host.daemon.status("RssAnon"), 25)
    figures.add("idle daemon: resident memory (RSS), MB", host.daemon.status("VmRSS"))
    host.stop()


def calendars(figures, parts, times):
    seen = [json.loads(run([parts, "calendars", "10000"]).output) for _ in range(times)]
    figures.at_most("next elapse of 10,000 calendars, ms of a core", statistics.median(one["cpu"] for one in seen), 50)
    figures.add("next elapse of 10,000 calendars, ms by the clock", statistics.median(one["milliseconds"] for one in seen))


def history(state, runs):
    """Gives a ledger a long history: its newest run again and again, each with a name of its own."""
    ledger = sqlite3.connect(state + "/ledger.sqlite3" if os.path.exists(state + "/ledger.sqlite3") else find(state))
    ledger.row_factory = sqlite3.Row
    tables = {row[0] for row in ledger.execute("select name from sqlite_master where type = 'table'")}
    assert "runs" in tables, f"the ledger has no table of runs, only {sorted(tables)}"
    columns = [row[1] for row in ledger.execute("pragma table_info(runs)") if row[1] != "number"]
    model = dict(ledger.execute("select * from runs order by rowid desc limit 1").fetchone())
    model.update(occurrence=None, idempotency_key=None)
    known = model["id"]

    def values(number):
        copy = dict(model, id=f"{known}-{number:06}")
        # The run's own record says its name too.
        copy["record"] = copy["record"].replace(known, copy["id"])
        return [copy[column] for column in columns]

    ledger.executemany(
        f"insert into runs ({','.join(columns)}) values ({','.join('?' * len(columns))})", map(values, range(runs))
    )
    ledger.commit()
    ledger.close()


def find(state):
    for name in os.listdir(state):
        with open(f"{state}/{name}", "rb") if os.path.isfile(f"{state}/{name}") else open(os.devnull, "rb") as file:
            if file.read(15) == b"SQLite format 3":
                return f"{state}/{name}"
    raise SystemExit("cannot find the ledger in " + state)


def start(figures, programs, work, times):
    host = crowd(programs, work, 1_000, 0, far)
    host.start()
    # One run, so that there is a row to copy: its org is not there, and it waits until it is stopped.
    host.control("start", "q0000", may_fail=True)
    host.control("stop", "q0000", may_fail=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(1)
        if json.loads(host.control("show", "q0000", "--output", "json", may_fail=True).output).get("ended"):
            break
    host.stop()
    history(host.folder + "/state", 100_000)
    took = []
    for _ in range(times):
        took.append(host.start())
        host.stop()
    figures.at_most(
        "start, 1,000 definitions, 100,000 runs of history: READY, ms", statistics.median(took) * 1000, 300
    )
    host.start()
    status(figures, programs, work, host, times)
    host.stop()


def status(figures, programs, work, host, times):
    """`sequencectl status` and `systemctl status` in turns: of 1,000, and of one of them."""

    def ours(*words):
        return run([programs + "/sequencectl", "--socket", host.socket, "status", *words]).wall

    try:
        with Systemd(work, 1_000) as systemd:
            for words, mine, theirs in (
                ("of 1,000 sequences", (), ("status", "q*.timer")),
                ("of one sequence", ("q0000",), ("status", "q0000.timer")),
            ):
                both = list(pairs(times, lambda: ours(*mine), lambda: systemd.systemctl(*theirs)))
                figures.ratio(
                    f"sequencectl status {words}: wall against systemctl {' '.join(theirs)}, 1,000 timers",
                    [a / b for a, b in both], at_most=1,
                )
                figures.add(f"sequencectl status {words}, ms", statistics.median(a for a, _ in both) * 1000)
                figures.add(f"systemctl {' '.join(theirs)}, ms", statistics.median(b for _, b in both) * 1000)
            for words in (("list-timers", "--all"), ("status",)):
                took = [systemd.systemctl(*words) for _ in range(times)]
                figures.add(f"systemctl {' '.join(words)}, 1,000 timers, ms", statistics.median(took) * 1000)
    except NoSystemd as reason:
        say(f"# nothing is put beside sequencectl status: {reason}")
        for words in ((), ("q0000",)):
            took = [ours(*words) for _ in range(times)]
            figures.add(f"sequencectl status {' '.join(words)}, ms", statistics.median(took) * 1000)
    took = [run([programs + "/sequencectl", "--version"]).wall for _ in range(times)]
    figures.add("sequencectl's own start, ms", statistics.median(took) * 1000)


def all_at_once(figures, programs, work):
    """1,000 sequences due in the same second: how late each was queued."""
    due = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=90)).replace(second=0, microsecond=0)
    host = crowd(programs, work, 1_000, 0, lambda _: f"{due:%Y-%m-%d %H:%M:%S} UTC")
    host.start()
    while datetime.datetime.now(datetime.timezone.utc) < due + datetime.timedelta(seconds=10):
        time.sleep(1)
    runs = json.loads(host.control("list", "runs", "--limit", "2000", "--output", "json").output)
    rows = runs if isinstance(runs, list) else runs.get("runs", [])
    late = sorted(
        (datetime.datetime.fromisoformat(row["created"].replace("Z", "+00:00")) - due).total_seconds() * 1000
        for row in rows
    )
    if len(late) < 1_000:
        say(f"# only {len(late)} of 1,000 runs are listed; they are what is measured")
    figures.at_most(f"{len(late):,} sequences due at once: queued late, p99, ms", late[int(len(late) * 0.99) - 1], 50)
    host.stop()


class Follower(threading.Thread):
    """Hears the daemon's events over a connection of its own, and notes when each came."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.heard = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.sendall(b"GET /v1/events?follow=true&last=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def run(self):
        try:
            while data := self.socket.recv(65536):
                now = time.monotonic()
                self.heard += [now] * data.count(b'"kind"')
        except OSError:
            pass


def followers(figures, programs, work, count=100, events=20):
    """A sequence is paused and resumed: how soon all followers hear it, and what it costs the daemon."""
    host = crowd(programs, work, 1, 0, far)
    host.start()
    watchers = [Follower(host.socket) for _ in range(count)]
    for watcher in watchers:
        watcher.start()
    time.sleep(2)
    begun, late = host.daemon.cpu(), []
    for number in range(events):
        at = time.monotonic()
        verb = ["resume", "q0000"] if number % 2 else ["pause", "q0000", "--reason", "bench"]
        host.control(*verb)
        deadline = at + 10
        while time.monotonic() < deadline and any(len(watcher.heard) <= number for watcher in watchers):
            time.sleep(0.002)
        deaf = sum(len(watcher.heard) <= number for watcher in watchers)
        if deaf:
            raise SystemExit(f"cannot trust the figures: {deaf} of {count} followers did not hear event {number + 1}")
        late.append(max(watcher.heard[number] for watcher in watchers) - at)
    figures.add(
        f"an event to {count} followers: ms from the command's start until the last has heard it",
        statistics.median(late) * 1000,
    )
    figures.add(
        f"an event to {count} followers: daemon's CPU ms, the command's included",
        (host.daemon.cpu() - begun) * 1000 / events,
    )
    figures.add(f"{count} followers: daemon's private memory (RssAnon), MB", host.daemon.status("RssAnon"))
    for watcher in watchers:
        watcher.socket.close()
    host.stop()

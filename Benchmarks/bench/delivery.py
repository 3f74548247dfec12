"""Rows through the whole belt into the emulator, beside what a Python loader needs for the same."""

import json
import os
import statistics
import sys

from .emulator import Emulator
from .figures import pairs
from .host import Host
from .processes import run, say

HERE = os.path.dirname(os.path.abspath(__file__))
ACCOUNTS = 1_000
HEADER = "id,first_name,last_name,email,title,account\n"


def contact(number):
    """The cells of a contact: about 80 bytes, the same in every run."""
    mixed = (number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    return (
        f"C-{number}", f"First{mixed % 1000}", f"Last{(mixed >> 20) % 100000}", f"c{number}@example.com",
        f"T{mixed % 97}", f"A-{mixed % ACCOUNTS}",
    )


def write_rows(folder, count):
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/accounts.csv", "w") as file:
        file.write("id,name\n")
        file.writelines(f"A-{number},Company {number}\n" for number in range(ACCOUNTS))
    with open(folder + "/contacts.csv", "w") as file:
        file.write(HEADER)
        file.writelines(",".join(contact(number)) + "\n" for number in range(count))


class Ours:
    """The daemon on a folder of CSV files: accounts, then contacts with a lookup to them."""

    def __init__(self, programs, work, emulator, count, api):
        self.emulator, self.count = emulator, count
        self.host = Host(programs, work, f"host-{api}-{count}")
        data = f"{work}/contacts-{count}"
        write_rows(data, count)
        self.host.define_org(emulator.url)
        self.host.write("sources/files.yaml", f"type: csv\nfolder: {data}\n")
        for name in ("accounts", "contacts"):
            self.host.write(f"models/{name}.yaml", f"source: files\nfile: {name}.csv\nprimary_key: id\n")
        head = f"destination: org\nmode: upsert\nmatch: {{ column: id, field: External_Id__c }}\napi: {api}\n"
        # simple-salesforce's batches of the original API have as many.
        head += "batch: { size: 10000 }\n"
        self.host.write("syncs/accounts.yaml", head + "model: accounts\nobject: Account\nfields: { Name: name }\n")
        self.host.write(
            "syncs/contacts.yaml",
            head + "model: contacts\nobject: Contact\nfields:\n  FirstName: first_name\n  LastName: last_name\n"
            "  Email: email\n  Title: title\n"
            "  AccountId: { lookup: { object: Account, field: External_Id__c, column: account } }\n",
        )
        for name in ("accounts", "contacts"):
            self.host.write(f"sequences/{name}.yaml", f"steps:\n  - sync: {name}\n")

    def first(self):
        """Delivers everything to an empty org; the accounts do not count."""
        self.host.stop()
        self.host.forget()
        self.emulator.reset()
        self.host.start()
        self.host.deliver("accounts")
        before, emulator = self.emulator.counters()["calls"], self.emulator.running.cpu()
        cost = self.host.deliver("contacts")
        cost["calls"] = self.emulator.counters()["calls"] - before
        cost["emulator"] = self.emulator.running.cpu() - emulator
        created = self.emulator.counters()["created"].get("Contact", 0)
        if created != self.count:
            raise SystemExit(f"cannot trust the figures: {created} of {self.count} contacts arrived")
        cost["rows_per_cpu"] = self.count / cost["cpu"]
        cost["delivered_per_cpu"] = self.count / max(cost["cpu_after_reading"], 0.01)
        return cost


def peer(emulator, work, way, count):
    """simple-salesforce delivering the same rows from the same kind of file, its own CPU seconds counted."""
    emulator.reset()
    data = f"{work}/contacts-{count}"
    if not os.path.exists(data):
        write_rows(data, count)
    cost = run(
        [sys.executable, HERE + "/peer.py", emulator.url, emulator.token(), way, data + "/contacts.csv"],
        env={**os.environ, "PYTHONPATH": os.path.dirname(HERE)},
    )
    seen = json.loads(cost.output)
    created = emulator.counters()["created"].get("Contact", 0)
    if created != count:
        raise SystemExit(f"cannot trust the figures: {created} of {count} contacts arrived through simple-salesforce")
    # Its start, and the accounts, do not count.
    return {"rows_per_cpu": count / seen["cpu"], "wall": seen["wall"], "peak": cost.peak_mb}


def against_simple_salesforce(figures, programs, work, count, peer_count, times):
    for api, bound in (("bulk2", 5), ("bulk", 10)):
        with Emulator(programs + "/salesforce-emulator", work) as emulator:
            ours = Ours(programs, work, emulator, count, api)
            ratios, costs, peers = [], [], []
            for mine, theirs in pairs(times, ours.first, lambda: peer(emulator, work, api, peer_count)):
                ratios.append(mine["rows_per_cpu"] / theirs["rows_per_cpu"])
                costs.append(mine)
                peers.append(theirs)
                say(f"# {api}: ours {mine['rows_per_cpu']:,.0f}, theirs {theirs['rows_per_cpu']:,.0f} rows a CPU second")
            name = f"delivery, {api}, {count:,} rows"
            figures.ratio(
                f"{name}: rows per CPU second against simple-salesforce `{api}`", ratios, at_least=bound
            )
            if api == "bulk2":
                # The file goes out as it is there; whoever has rows has a text made of them.
                made = [peer(emulator, work, "bulk2-records", peer_count) for _ in range(3)]
                mine = statistics.median(cost["rows_per_cpu"] for cost in costs)
                theirs = statistics.median(one["rows_per_cpu"] for one in made)
                figures.add(f"{name}: rows per CPU second against `bulk2` with records", mine / theirs)
            for words, key in (
                ("rows per CPU second of the daemon", "rows_per_cpu"),
                ("rows per CPU second once they are read and compared", "delivered_per_cpu"), ("wall seconds", "wall"),
                ("emulator's CPU seconds", "emulator"),
            ):
                figures.add(f"{name}: {words}", statistics.median(cost[key] for cost in costs))
            figures.add(
                f"simple-salesforce `{api}`, {peer_count:,} rows: rows per CPU second",
                statistics.median(theirs["rows_per_cpu"] for theirs in peers),
            )
            figures.add(
                f"{name}: emulator's rows per CPU second",
                statistics.median(count / cost["emulator"] for cost in costs),
            )
            figures.at_most(f"{name}: peak resident memory, MB", max(cost["peak"] for cost in costs), 150)
            calls = max(cost["calls"] for cost in costs)
            bound = 60 if api == "bulk2" else int(count / 1_000 * 1.1)
            figures.at_most(f"{name}: calls to Salesforce, polls included", calls, bound)
            before = emulator.counters()["calls"]
            again = ours.host.deliver("contacts")
            figures.at_most(f"{name}, nothing changed: calls to Salesforce", emulator.counters()["calls"] - before, 0)
            figures.add(f"{name}, nothing changed: wall seconds", again["wall"])
            ours.host.stop()

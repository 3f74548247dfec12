"""simple-salesforce as a loader: `peer.py URL TOKEN bulk|bulk2 ROWS`; prints its CPU and wall seconds for the contacts."""

import csv
import json
import os
import resource
import sys
import tempfile
import time

from simple_salesforce import Salesforce

from bench.delivery import ACCOUNTS, contact

FIELDS = ["External_Id__c", "FirstName", "LastName", "Email", "Title"]


def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def bulk(salesforce, rows):
    records = [
        {**dict(zip(FIELDS, row)), "Account": {"External_Id__c": row[5]}} for row in rows
    ]
    cpu, begun = spent(), time.monotonic()
    results = salesforce.bulk.Contact.upsert(records, "External_Id__c", batch_size=10000)
    return results, cpu, begun


def bulk2(salesforce, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/contacts.csv"
        with open(path, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(FIELDS + ["Account.External_Id__c"])
            writer.writerows(rows)
        cpu, begun = spent(), time.monotonic()
        jobs = salesforce.bulk2.Contact.upsert(path, external_id_field="External_Id__c")
        for job in jobs:
            salesforce.bulk2.Contact.get_all_ingest_records(job["job_id"])
    return jobs, cpu, begun


def main(url, token, api, count):
    salesforce = Salesforce(instance_url=url, session_id=token, version="62.0")
    # The library knows https alone; the other side of the pair speaks plain HTTP to the same emulator.
    for name in ("base_url", "apex_url", "bulk_url", "bulk2_url", "metadata_url", "tooling_url", "auth_site"):
        if hasattr(salesforce, name):
            setattr(salesforce, name, getattr(salesforce, name).replace("https://", "http://"))
    accounts = [{"External_Id__c": f"A-{number}", "Name": f"Company {number}"} for number in range(ACCOUNTS)]
    salesforce.bulk.Account.upsert(accounts, "External_Id__c")
    rows = [contact(number) for number in range(int(count))]
    results, cpu, begun = (bulk if api == "bulk" else bulk2)(salesforce, rows)
    print(json.dumps({"cpu": spent() - cpu, "wall": time.monotonic() - begun, "pid": os.getpid()}))


main(*sys.argv[1:])

"""simple-salesforce as a loader: `peer.py URL TOKEN WAY CONTACTS.CSV`; prints its CPU and wall seconds for them.

All ways begin with the CSV file that the daemon reads, and end when all results are read.
"""

import csv
import json
import resource
import shutil
import sys
import tempfile
import time

from simple_salesforce import Salesforce

from bench.delivery import ACCOUNTS

HEADER = "External_Id__c,FirstName,LastName,Email,Title,Account.External_Id__c\n"


def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def bulk(salesforce, path):
    """Rows become dictionaries, as the original Bulk API's JSON wants them."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        records = [
            {
                "External_Id__c": row[0], "FirstName": row[1], "LastName": row[2], "Email": row[3], "Title": row[4],
                "Account": {"External_Id__c": row[5]},
            }
            for row in rows
        ]
    return salesforce.bulk.Contact.upsert(records, "External_Id__c", batch_size=10000)


def bulk2(salesforce, path):
    """The file is sent as it is, under the header that Salesforce wants."""
    with tempfile.TemporaryDirectory() as folder:
        with open(path) as file, open(folder + "/contacts.csv", "w") as other:
            file.readline()
            other.write(HEADER)
            shutil.copyfileobj(file, other)
        jobs = salesforce.bulk2.Contact.upsert(folder + "/contacts.csv", external_id_field="External_Id__c")
        for job in jobs:
            salesforce.bulk2.Contact.get_all_ingest_records(job["job_id"])
    return jobs


def bulk2_records(salesforce, path):
    """Rows become dictionaries, of which the library makes a CSV text."""
    names = HEADER.strip().split(",")
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        records = [dict(zip(names, row)) for row in rows]
    jobs = salesforce.bulk2.Contact.upsert(records=records, external_id_field="External_Id__c")
    for job in jobs:
        salesforce.bulk2.Contact.get_all_ingest_records(job["job_id"])
    return jobs


WAYS = {"bulk": bulk, "bulk2": bulk2, "bulk2-records": bulk2_records}


def main(url, token, way, path):
    salesforce = Salesforce(instance_url=url, session_id=token, version="62.0")
    # The library knows https alone; the other side of the pair speaks plain HTTP to the same emulator.
    for name in ("base_url", "apex_url", "bulk_url", "bulk2_url", "metadata_url", "tooling_url", "auth_site"):
        if hasattr(salesforce, name):
            setattr(salesforce, name, getattr(salesforce, name).replace("https://", "http://"))
    accounts = [{"External_Id__c": f"A-{number}", "Name": f"Company {number}"} for number in range(ACCOUNTS)]
    salesforce.bulk.Account.upsert(accounts, "External_Id__c")
    cpu, begun = spent(), time.monotonic()
    WAYS[way](salesforce, path)
    print(json.dumps({"cpu": spent() - cpu, "wall": time.monotonic() - begun}))


main(*sys.argv[1:])

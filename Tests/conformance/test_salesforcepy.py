"""SalesforcePy against the emulator: username and password, versions, records, Bulk API 2.0 step by step, logout."""

import SalesforcePy
import pytest


@pytest.fixture()
def client(org):
    client = SalesforcePy.client(
        "admin@example.com", "passwordtoken", "emulator-client", "emulator-secret", login_url=org.host
    )
    reply, login = client.login()
    assert login.status == 200 and reply["token_type"] == "Bearer"
    return client


def test_records(client, org):
    assert client.client_kwargs["version"] == "67.0"
    made, created = client.sobjects(object_type="Account").insert({"Name": "A"})
    assert created.status == 201
    _, updated = client.sobjects(object_type="Account", id=made["id"]).update({"Name": "B"})
    assert updated.status == 204
    found, queried = client.query("SELECT Id, Name FROM Account")
    assert queried.status == 200 and [row["Name"] for row in found["records"]] == ["B"]
    described, _ = client.sobjects(object_type="Account").describe()
    assert described["name"] == "Account"
    _, deleted = client.sobjects(object_type="Account", id=made["id"]).delete()
    assert deleted.status == 204 and org.records("Account") == []
    faults, refused = client.query("SELECT Id FORM Account")
    assert refused.status == 400


def test_ingest_job(client, org):
    ingest = client.jobs.ingest
    job, made = ingest.create({"object": "Account", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"})
    assert made.status == 200 and job["state"] == "Open"
    _, sent = ingest.batches(job["id"], "Name,Phone\nA,1\n,2\n")
    assert sent.status == 201
    _, closed = ingest.update(job["id"], "UploadComplete")
    assert closed.status == 200
    while True:
        info, _ = ingest.get(job_id=job["id"])
        if info["state"] not in ("UploadComplete", "InProgress"):
            break
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("JobComplete", 2, 1)
    assert [record["Name"] for record in org.records("Account")] == ["A"]


def test_logout(client):
    _, left = client.logout()
    assert left.status == 200
    _, refused = client.query("SELECT Id FROM Account")
    assert refused.status == 401

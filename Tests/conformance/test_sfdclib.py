"""sfdclib against the emulator: login by the enterprise SOAP API, Tooling queries, the original Bulk API asked in JSON."""

import csv
import io

import pytest
from sfdclib import SfdcBulkApi, SfdcSession, SfdcToolingApi


@pytest.fixture()
def session(org, by_name):
    session = SfdcSession("admin@example.com", "password", "token", api_version="62.0")
    session.verify = org.ca
    session.login()
    assert session.is_connected()
    return session


def test_tooling(session):
    found = SfdcToolingApi(session).anon_query("SELECT Id, DeveloperName FROM CustomField WHERE DeveloperName = 'Tracking'")
    assert found["size"] == 1 and found["records"][0]["DeveloperName"] == "Tracking"


def test_bulk(session, org):
    bulk = SfdcBulkApi(session)
    text = "Name,External_Id__c\r\nAnne,E1\r\n\"B, \"\"b\"\"\",E2\r\n"
    bulk.upsert("Account", text, "External_Id__c")
    assert {record["Name"] for record in org.records("Account")} == {"Anne", 'B, "b"'}
    rows = list(csv.DictReader(io.StringIO(bulk.export("Account", "SELECT Id, Name FROM Account ORDER BY Name"))))
    assert [row["Name"] for row in rows] == ["Anne", 'B, "b"']


def test_a_wrong_password_is_refused(org, by_name):
    session = SfdcSession("admin@example.com", "wrong", "token", api_version="62.0")
    session.verify = org.ca
    with pytest.raises(Exception, match="INVALID_LOGIN"):
        session.login()

"""salesforce-api against the emulator: records, Bulk API 2.0 with its results."""

import pytest
from salesforce_api import client, core, exceptions


@pytest.fixture()
def api(org):
    return client.Client(connection=core.Connection(version="62.0", access_token=org.token, instance_url=org.base))


def test_records(api):
    made = api.sobjects.Account.insert({"Name": "One"})
    assert made["success"]
    assert api.sobjects.Account.upsert("External_Id__c", "A1", {"Name": "Two"})
    assert {record["Name"] for record in api.sobjects.query("SELECT Id, Name FROM Account")} == {"One", "Two"}
    with pytest.raises(exceptions.RestRequestCouldNotBeUnderstoodError):
        api.sobjects.query("SELECT Nothing FROM Account")
    with pytest.raises(exceptions.RestResourceNotFoundError):
        api.sobjects.Account.get("0015g00000000zzAAA")


def test_bulk(api):
    results = api.bulk.upsert(
        "Account",
        [{"External_Id__c": "B%d" % number, "Name": "Row %d" % number if number else ""} for number in range(5)],
        external_id_field_name="External_Id__c",
    )
    by_key = {result.data["External_Id__c"]: result for result in results}
    assert len(by_key) == 5
    assert not by_key["B0"].success and "REQUIRED_FIELD_MISSING" in str(by_key["B0"].error)
    assert all(by_key["B%d" % number].success for number in range(1, 5))


def test_resources(api):
    assert {version["version"] for version in api.basic.versions()} >= {"41.0", "67.0"}
    assert api.basic.limits()["DailyApiRequests"]["Max"] > 0

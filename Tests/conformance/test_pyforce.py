"""pyforce against the emulator: the partner SOAP API, compressed both ways."""

import datetime

import pyforce
import pytest


@pytest.fixture()
def soap(org):
    client = pyforce.PythonClient(serverUrl=org.base + "/services/Soap/u/62.0")
    client.login("admin@example.com", "passwordtoken")
    return client


def test_records(soap, org):
    made = soap.create([{"type": "Account", "Name": "One", "External_Id__c": "P1", "Phone": "1"}, {"type": "Account"}])
    assert made[0]["success"] and not made[1]["success"]
    assert made[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING" and made[1]["errors"][0]["fields"] == ["Name"]
    changed = soap.update({"type": "Account", "Id": made[0]["id"], "Name": "Two", "Phone": None})
    assert changed[0]["success"]
    put = soap.upsert(
        "External_Id__c",
        [{"type": "Account", "External_Id__c": "P1", "Site": "here"}, {"type": "Account", "External_Id__c": "P2", "Name": "Three"}],
    )
    assert [row["created"] for row in put] == [False, True]
    kept = {record["External_Id__c"]: record for record in org.records("Account")}
    assert (kept["P1"]["Name"], kept["P1"]["Phone"], kept["P1"]["Site"]) == ("Two", None, "here")
    assert soap.delete(made[0]["id"])[0]["success"]


def test_reading(soap):
    account = soap.create({"type": "Account", "Name": "Parent & Co", "AnnualRevenue": 12})[0]["id"]
    soap.create([{"type": "Contact", "LastName": "K%d" % number, "AccountId": account} for number in range(3)])
    found = soap.query("SELECT Id, Name, AnnualRevenue, CreatedDate, IsDeleted, Owner.Username, (SELECT LastName FROM Contacts) FROM Account")
    record = found.records[0]
    assert found.size == 1 and found.done
    assert (record["Name"], record["AnnualRevenue"], record["IsDeleted"]) == ("Parent & Co", 12, False)
    assert isinstance(record["CreatedDate"], datetime.datetime) and record["Owner"]["Username"] == "admin@example.com"
    assert [child["LastName"] for child in record["Contacts"]] == ["K0", "K1", "K2"]
    assert soap.retrieve("Id,Name", "Account", [account])[0]["Name"] == "Parent & Co"
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    assert account in soap.getUpdated("Account", now - hour, now + hour)
    assert [hit["Id"] for hit in soap.search("FIND {Parent} IN NAME FIELDS RETURNING Account(Id)")] == [account]


def test_describe(soap):
    assert {"Account", "Contact", "Lead"} <= {found.name for found in soap.describeGlobal()["sobjects"]}
    account = soap.describeSObjects(["Account"])[0]
    assert account.keyPrefix == "001" and account.fields["External_Id__c"].custom
    assert [value["value"] for value in account.fields["Rating"].picklistValues] == ["Hot", "Warm", "Cold"]


def test_faults(soap, org):
    with pytest.raises(pyforce.SoapFaultError) as refused:
        soap.query("SELECT Nothing FROM Account")
    assert "INVALID_FIELD" in str(refused.value)
    with pytest.raises(pyforce.SoapFaultError) as refused:
        pyforce.PythonClient(serverUrl=org.base + "/services/Soap/u/62.0").login("admin@example.com", "wrong")
    assert "INVALID_LOGIN" in str(refused.value)
    org.admin("POST", "sessions/expire").raise_for_status()
    with pytest.raises(pyforce.SessionTimeoutError):
        soap.query("SELECT Id FROM Account")
    org.token = org.sign_in()["access_token"]

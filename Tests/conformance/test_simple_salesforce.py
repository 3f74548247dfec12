"""simple-salesforce against the emulator: REST, SOQL, Bulk API, Bulk API 2.0."""

import base64

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)


def test_records(sf):
    made = sf.Account.create({"Name": "Acme", "External_Id__c": "A-1"})
    assert made["success"] and made["errors"] == []
    record = sf.Account.get(made["id"])
    assert record["Name"] == "Acme" and record["attributes"]["type"] == "Account"
    assert sf.Account.update(made["id"], {"Name": "Beta"}) == 204
    assert sf.Account.get_by_custom_id("External_Id__c", "A-1")["Name"] == "Beta"
    assert sf.Account.upsert("External_Id__c/A-1", {"Name": "Gamma"}) == 200
    assert sf.Account.upsert("External_Id__c/A-2", {"Name": "Delta"}) == 201
    assert sf.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        sf.Account.get(made["id"])


def test_errors(sf):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.Contact.create({"FirstName": "x"})
    assert caught.value.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    with pytest.raises(SalesforceMalformedRequest) as caught:
        sf.query("SELECT Nope FROM Account")
    assert caught.value.content[0]["errorCode"] == "INVALID_FIELD"
    with pytest.raises(SalesforceResourceNotFound):
        sf.Nothing__c.describe()


def test_describe_and_limits(sf):
    names = {item["name"] for item in sf.describe()["sobjects"]}
    assert {"Account", "Contact", "Lead", "Shipment__c", "Order_Shipped__e"} <= names
    fields = {field["name"]: field for field in sf.Account.describe()["fields"]}
    assert fields["External_Id__c"]["externalId"] and fields["External_Id__c"]["unique"]
    assert sf.limits()["DailyApiRequests"]["Max"] == 15000
    assert "api-usage" in sf.api_usage


def test_query(sf):
    for number in range(5):
        sf.Account.create({"Name": "N%d" % number})
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 5
    rows = sf.query_all("SELECT Id, Name, Owner.Name FROM Account ORDER BY Name DESC LIMIT 2")["records"]
    assert [row["Name"] for row in rows] == ["N4", "N3"]
    assert rows[0]["Owner"]["Name"] == "Admin User"


def test_pages(sf):
    sf.bulk2.Account.insert(records=[{"Name": "N%d" % number} for number in range(4500)])
    names = {row["Name"] for row in sf.query_all_iter("SELECT Name FROM Account")}
    assert len(names) == 4500


def test_collections(sf):
    reply = sf.restful(
        "composite/sobjects",
        method="POST",
        json={
            "allOrNone": False,
            "records": [
                {"attributes": {"type": "Account"}, "Name": "A"},
                {"attributes": {"type": "Account"}},
            ],
        },
    )
    assert [row["success"] for row in reply] == [True, False]


def test_bulk(sf):
    rows = [{"Name": "N%d" % number, "External_Id__c": "E%d" % number} for number in range(300)]
    made = sf.bulk.Account.insert(rows + [{"Phone": "1"}], batch_size=100)
    assert len(made) == 301
    assert [row["success"] for row in made] == [True] * 300 + [False]
    assert made[300]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    again = sf.bulk.Account.upsert([{"External_Id__c": "E1", "Name": "M"}], "External_Id__c")
    assert again[0]["success"] and not again[0]["created"]
    found = sf.bulk.Account.query("SELECT Id, Name FROM Account WHERE External_Id__c = 'E1'")
    assert [row["Name"] for row in found] == ["M"]
    gone = sf.bulk.Account.delete([{"Id": found[0]["Id"]}])
    assert gone[0]["success"]


def test_bulk2(sf):
    sf.Account.create({"Name": "P", "External_Id__c": "A-1"})
    result = sf.bulk2.Contact.upsert(
        records=[
            {"External_Id__c": "C-1", "LastName": "A", "Account.External_Id__c": "A-1"},
            {"External_Id__c": "C-2", "LastName": "B", "Account.External_Id__c": "A-9"},
        ],
        external_id_field="External_Id__c",
    )
    assert result[0]["numberRecordsProcessed"] == 2 and result[0]["numberRecordsFailed"] == 1
    failed = sf.bulk2.Contact.get_failed_records(result[0]["job_id"])
    assert "Foreign key external ID: A-9 not found" in failed
    rows = "".join(sf.bulk2.Contact.query("SELECT LastName, Account.Name FROM Contact"))
    assert '"A","P"' in rows
    gone = sf.bulk2.Contact.delete(
        records=[{"Id": row["Id"]} for row in sf.query("SELECT Id FROM Contact")["records"]]
    )
    assert gone[0]["numberRecordsFailed"] == 0


def test_tooling(sf):
    reply = sf.toolingexecute("query", params={"q": "SELECT Id, DeveloperName FROM CustomField WHERE DeveloperName = 'Tracking'"})
    assert reply["records"][0]["DeveloperName"] == "Tracking"


def test_event(sf, org):
    made = sf.Order_Shipped__e.create({"Order_No__c": "7"})
    assert made["success"] and made["errors"][0]["statusCode"] == "OPERATION_ENQUEUED"
    assert org.admin("GET", "events/Order_Shipped__e").json()[0]["Order_No__c"] == "7"


def test_files(sf):
    content = bytes(range(256))
    account = sf.Account.create({"Name": "Northwind"})["id"]
    body = base64.b64encode(content).decode()
    attachment = sf.Attachment.create({"ParentId": account, "Name": "all.bin", "Body": body})["id"]
    assert sf.Attachment.get(attachment)["BodyLength"] == 256
    assert sf.Attachment.get_base64(attachment) == content
    version = sf.ContentVersion.create({"PathOnClient": "all.bin", "VersionData": body, "FirstPublishLocationId": account})
    assert sf.ContentVersion.get_base64(version["id"], base64_field="VersionData") == content
    files = sf.query(f"SELECT ContentDocument.Title FROM ContentDocumentLink WHERE LinkedEntityId = '{account}'")
    assert [row["ContentDocument"]["Title"] for row in files["records"]] == ["all"]


def test_metadata_by_its_wsdl(sf):
    types = [entry.xmlName for entry in sf.mdapi.describe_metadata().metadataObjects]
    assert "CustomObject" in types
    listed = sf.mdapi.list_metadata([sf.mdapi.ListMetadataQuery(type="CustomField")])
    assert "Shipment__c.Tracking__c" in [entry.fullName for entry in listed]
    industries = sf.mdapi.StandardValueSet.read("Industry")
    industries.standardValue.append(sf.mdapi.StandardValue(fullName="Shipbuilding", label="Shipbuilding", default=False))
    sf.mdapi.StandardValueSet.update(industries)
    field = next(field for field in sf.Account.describe()["fields"] if field["name"] == "Industry")
    assert "Shipbuilding" in [value["value"] for value in field["picklistValues"]]


def test_pages_and_passwords(sf):
    assert sf.Account.describe_layout("012000000000000AAA")["detailLayoutSections"] == []
    # It shows an empty list as none.
    assert sf.restful("tabs") is None
    user = sf.query("SELECT Id FROM User")["records"][0]["Id"]
    sf.set_password(user, "another1")


def test_expired_session(sf, org):
    org.admin("POST", "sessions/expire").raise_for_status()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Account")
    org.token = org.sign_in()["access_token"]


def test_sign_in_by_soap(org, by_name):
    sf = Salesforce(username="admin@example.com", password="password", security_token="token", version="62.0")
    assert sf.query("SELECT Name FROM Organization")["records"][0]["Name"] == "Emulated Org"
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(username="admin@example.com", password="wrong", security_token="token", version="62.0")
    assert caught.value.code == "INVALID_LOGIN"

"""sfq against the emulator: refresh token, queries one by one and in batches, SOAP creation, deletion, events."""

import pytest
from sfq import SFAuth


@pytest.fixture()
def sfq(org, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", org.ca)
    return SFAuth(
        instance_url=org.base,
        client_id="emulator-client",
        client_secret="emulator-secret",
        refresh_token=org.refresh_token(),
        api_version="v62.0",
    )


def test_queries(sfq, sf):
    sf.Account.create({"Name": "Acme"})
    assert sfq.query("SELECT Name FROM Account")["records"][0]["Name"] == "Acme"
    both = sfq.cquery({"good": "SELECT Id FROM Account", "bad": "SELECT Id FROM Nothing"})
    assert both["good"]["totalSize"] == 1
    assert both["bad"]["result"][0]["errorCode"] == "INVALID_TYPE"
    assert sfq.tooling_query("SELECT DeveloperName FROM CustomField WHERE DeveloperName = 'Tracking'")["size"] == 1
    assert sfq.get_sobject_prefixes()["001"] == "Account"
    assert sfq.limits()["DailyApiRequests"]["Max"] == 15000


def test_creation_by_soap_and_deletion(sfq, org):
    assert sfq.query("SELECT Id FROM Account")["records"] == []
    made = sfq._create("Account", [{"Name": "A"}, {"Name": "B"}, {"Phone": "1"}])
    assert [row["success"] for row in made] == ["true", "true", "false"]
    gone = sfq.cdelete([row["id"] for row in made[:2]])
    assert [row["success"] for row in gone] == [True, True]
    assert org.records("Account") == []


def test_events(sfq, org):
    assert sfq.list_events() == ["Order_Shipped__e"]
    made = sfq.publish("Order_Shipped__e", {"Order_No__c": "7"})
    assert made["errors"][0]["statusCode"] == "OPERATION_ENQUEUED"
    sfq.publish_batch([{"Order_No__c": "8"}, {"Order_No__c": "9"}], "Order_Shipped__e")
    events = org.admin("GET", "events/Order_Shipped__e").json()
    assert [event["Order_No__c"] for event in events] == ["7", "8", "9"]

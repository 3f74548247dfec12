"""sf-toolkit against the emulator: who is signed in, records, lists, SOQL, Bulk API 2.0."""

import httpx
import pytest
from sf_toolkit import SalesforceClient, SObject, SoqlQuery
from sf_toolkit.auth import SalesforceToken
from sf_toolkit.data.fields import DateTimeField, FieldFlag, IdField, IntField, TextField
from sf_toolkit.data.sobject import SObjectList
from sf_toolkit.io import api


class Account(SObject, api_name="Account"):
    Id = IdField()
    Name = TextField()
    External_Id__c = TextField()
    NumberOfEmployees = IntField()
    CreatedDate = DateTimeField(FieldFlag.readonly)


@pytest.fixture()
def client(org, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", org.ca)
    token = SalesforceToken(instance=httpx.URL(org.base), token=org.token)
    with SalesforceClient(login=None, token=token) as client:
        yield client


def test_who_is_signed_in(client):
    assert client._userinfo.preferred_username == "admin@example.com"
    assert client._userinfo.photos["thumbnail"].startswith("https://")
    assert max(client.versions) == 67.0


def test_records(client):
    account = Account(Name="Acme", External_Id__c="A-1", NumberOfEmployees=5)
    api.save_insert(account)
    account.Name = "Beta"
    api.save_update(account)
    found = api.fetch(Account, account.Id)
    assert found.Name == "Beta" and found.NumberOfEmployees == 5 and found.CreatedDate.tzinfo
    api.save_upsert(Account(Name="Gamma", External_Id__c="A-1"), "External_Id__c")
    assert api.fetch(Account, account.Id).Name == "Gamma"
    api.delete(account)
    assert SoqlQuery(Account).count() == 0


def test_lists(client):
    rows = SObjectList([Account(Name="N%03d" % number, External_Id__c="E%d" % number) for number in range(450)])
    results = api.save_upsert_list(rows, "External_Id__c")
    assert len(results) == 450 and all(result.success for result in results)
    query = SoqlQuery(Account).where(Name__like="N00%").order_by(Name="DESC")
    assert [row.Name for row in query.execute()] == ["N%03d" % number for number in range(9, -1, -1)]
    assert SoqlQuery(Account).count() == 450


def test_bulk(client, org):
    rows = SObjectList([Account(Name="N%d" % number, External_Id__c="E%d" % number) for number in range(300)])
    job = api.save_upsert_bulk(rows, "External_Id__c")
    for _ in range(200):
        job = job.refresh() if job.state not in ("JobComplete", "Failed") else job
    assert job.state == "JobComplete"
    assert len(org.records("Account")) == 300

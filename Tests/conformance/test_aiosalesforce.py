"""aiosalesforce, an asynchronous client, against the emulator: it takes only Salesforce's own host names."""

import asyncio
import ssl

import httpx
import pytest
from aiosalesforce import ClientCredentialsFlow, Salesforce, SoapLogin
from aiosalesforce.exceptions import AuthenticationError, SalesforceError

HOST = "https://emulated.my.salesforce.com"
APP = ClientCredentialsFlow(client_id="emulator-client", client_secret="emulator-secret")


@pytest.fixture()
def run(org, by_name):
    def run(body, auth=APP):
        async def main():
            async with httpx.AsyncClient(verify=ssl.create_default_context(cafile=org.ca)) as http:
                return await body(Salesforce(http, base_url=HOST, auth=auth, version="62.0"))

        return asyncio.run(main())

    return run


def test_records_and_errors(run, org):
    async def body(sf):
        made = await sf.sobject.create("Account", {"Name": "A", "External_Id__c": "X"})
        assert (await sf.sobject.get("Account", made))["Name"] == "A"
        await sf.sobject.update("Account", made, {"Name": "B"})
        result = await sf.sobject.upsert("Account", "X", "External_Id__c", {"Name": "C"})
        assert not result.created and result.id == made
        result = await sf.sobject.upsert("Account", "Y", "External_Id__c", {"Name": "D"})
        assert result.created
        with pytest.raises(SalesforceError) as caught:
            await sf.sobject.create("Contact", {"FirstName": "x"})
        assert caught.value.error_code == "REQUIRED_FIELD_MISSING"
        await sf.sobject.delete("Account", made)
        assert (await sf.get_limits())["DailyApiRequests"]["Max"] == 15000

    run(body)
    assert [record["Name"] for record in org.records("Account")] == ["D"]


def test_bulk_and_pages(run):
    async def body(sf):
        result = await sf.bulk_v2.insert("Account", [{"Name": "N%04d" % number} for number in range(4100)] + [{"Phone": "1"}])
        assert len(result.successful_results) == 4100 and len(result.failed_results) == 1
        assert "REQUIRED_FIELD_MISSING" in result.failed_results[0]["sf__Error"]
        names = [row["Name"] async for row in sf.query("SELECT Name FROM Account ORDER BY Name")]
        assert names == ["N%04d" % number for number in range(4100)]

    run(body)


def test_composite_and_batch(run, org):
    async def body(sf):
        async with sf.composite(all_or_none=True) as composite:
            account = composite.sobject.create("Account", {"Name": "A"})
            contact = composite.sobject.create("Contact", {"LastName": "C", "AccountId": str(account.reference.id)})
            found = composite.query("SELECT Id FROM Contact WHERE Account.Name = 'A'")
        assert account.status_code == contact.status_code == 201
        assert [row["Id"] for row in found.records] == [contact.id]
        async with sf.composite.batch(halt_on_error=False) as batch:
            got = batch.sobject.get("Account", account.id)
            lost = batch.sobject.get("Account", "001000000000000AAA")
        assert got.record["Name"] == "A"
        assert not lost.is_success

    run(body)
    assert org.records("Contact")[0]["AccountId"] == org.records("Account")[0]["Id"]


def test_sign_in_by_soap(run):
    async def body(sf):
        return [row["Name"] async for row in sf.query("SELECT Name FROM Organization")]

    assert run(body, SoapLogin("admin@example.com", "password", "token")) == ["Emulated Org"]
    with pytest.raises(AuthenticationError) as caught:
        run(body, SoapLogin("admin@example.com", "wrong", "token"))
    assert "INVALID_LOGIN" in str(caught.value)


def test_an_expired_session_is_renewed(run, org):
    async def body(sf):
        await sf.sobject.create("Account", {"Name": "A"})
        await asyncio.to_thread(org.admin, "POST", "sessions/expire")
        return [row["Name"] async for row in sf.query("SELECT Name FROM Account")]

    assert run(body) == ["A"]
    org.token = org.sign_in()["access_token"]

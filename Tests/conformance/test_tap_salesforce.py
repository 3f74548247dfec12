"""tap-salesforce, a Singer tap, against the emulator: refresh token, discovery by describe, extraction by REST and by Bulk."""

import json

import pytest
import tap_salesforce


@pytest.fixture()
def tap(org, by_name, tmp_path, monkeypatch, capsys):
    config = {
        "refresh_token": org.refresh_token(),
        "client_id": "emulator-client",
        "client_secret": "emulator-secret",
        "start_date": "2020-01-01T00:00:00Z",
        "select_fields_by_default": True,
    }

    def tap(api, *arguments):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({**config, "api_type": api}))
        monkeypatch.setattr("sys.argv", ["tap-salesforce", "--config", str(path), *arguments])
        capsys.readouterr()
        tap_salesforce.main()
        return capsys.readouterr().out

    return tap


@pytest.mark.parametrize("api", ["REST", "BULK"])
def test_discovery_and_extraction(tap, sf, org, tmp_path, api):
    sf.bulk2.Account.insert(records=[{"Name": "N%04d" % number, "AnnualRevenue": "1500"} for number in range(2100)])
    catalog = json.loads(tap(api, "--discover"))
    streams = {stream["stream"]: stream for stream in catalog["streams"]}
    assert {"Account", "Contact", "Shipment__c"} <= set(streams)
    account = streams["Account"]
    assert "External_Id__c" in account["schema"]["properties"]
    for entry in account["metadata"]:
        if entry["breadcrumb"] == []:
            entry["metadata"].update({"selected": True, "replication-key": "SystemModstamp"})
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps({"streams": [account]}))
    messages = [json.loads(line) for line in tap(api, "--properties", str(path)).splitlines()]
    records = [message["record"] for message in messages if message["type"] == "RECORD"]
    assert {record["Name"] for record in records} == {"N%04d" % number for number in range(2100)}
    assert records[0]["AnnualRevenue"] == 1500 and records[0]["Phone"] is None
    state = [message["value"] for message in messages if message["type"] == "STATE"][-1]
    assert state["bookmarks"]["Account"]["SystemModstamp"] >= "20"

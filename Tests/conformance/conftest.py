"""Lends a running emulator, over TLS, to clients that were written for Salesforce itself."""

import os
import pathlib
import subprocess

import pytest
import requests
from simple_salesforce import Salesforce

HERE = pathlib.Path(__file__).parent


class Org:
    def __init__(self, base, ca):
        self.base = base
        self.ca = ca
        self.host = base.split("//")[1]
        self.token = self.sign_in()["access_token"]

    def sign_in(self):
        reply = requests.post(
            self.base + "/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": "emulator-client",
                "client_secret": "emulator-secret",
            },
            verify=self.ca,
            timeout=30,
        )
        reply.raise_for_status()
        return reply.json()

    def admin(self, method, path, **more):
        return requests.request(method, self.base + "/emulator/" + path, verify=self.ca, timeout=30, **more)


@pytest.fixture(scope="session")
def org(tmp_path_factory):
    program = os.environ.get("SALESFORCE_EMULATOR")
    assert program, "SALESFORCE_EMULATOR must name the built program"
    ca = str(tmp_path_factory.mktemp("tls") / "ca.pem")
    process = subprocess.Popen(
        [program, "--quiet", "--tls", "--ca-file", ca, "--org", str(HERE / "org.yaml")],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    assert line.startswith("listening on https://"), line
    os.environ["REQUESTS_CA_BUNDLE"] = ca
    yield Org(line.split()[-1], ca)
    process.terminate()
    assert process.wait(timeout=20) == 0


@pytest.fixture()
def sf(org):
    """A fresh org for each test, seen by simple-salesforce."""
    org.admin("POST", "reset").raise_for_status()
    session = requests.Session()
    session.verify = org.ca
    return Salesforce(instance_url=org.base, session_id=org.token, session=session, version="62.0")

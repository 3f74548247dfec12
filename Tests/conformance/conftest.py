"""Lends a running emulator, over TLS, to clients that were written for Salesforce itself."""

import os
import pathlib
import re
import subprocess

import pytest
import requests
from simple_salesforce import Salesforce

from proxy import Proxy

HERE = pathlib.Path(__file__).parent


class Org:
    def __init__(self, base, ca):
        self.base = base
        self.ca = ca
        self.host = base.split("//")[1]
        self.port = int(self.host.rsplit(":", 1)[1])
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

    def refresh_token(self):
        """What a person gets who signs in on the login page and lets the app in."""
        back = "http://localhost:8080/callback"
        page = requests.Session()
        page.verify = self.ca
        asked = {"response_type": "code", "client_id": "emulator-client", "redirect_uri": back, "scope": "api refresh_token"}
        address = self.base + "/services/oauth2/authorize"
        form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.get(address, params=asked, timeout=30).text))
        form.update(un="admin@example.com", pw="password")
        answer = page.post(address, data=form, allow_redirects=False, timeout=30)
        code = re.search(r"[?&]code=([^&]+)", answer.headers["Location"]).group(1)
        reply = page.post(
            self.base + "/services/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "code": requests.utils.unquote(code),
                "client_id": "emulator-client",
                "client_secret": "emulator-secret",
                "redirect_uri": back,
            },
            timeout=30,
        )
        reply.raise_for_status()
        return reply.json()["refresh_token"]

    def records(self, name):
        return self.admin("GET", "records/" + name).json()

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


@pytest.fixture(autouse=True)
def fresh(request):
    """A new org for each test that has to do with one."""
    if "org" in request.fixturenames:
        org = request.getfixturevalue("org")
        org.admin("POST", "reset").raise_for_status()


@pytest.fixture()
def by_name(org, monkeypatch):
    """Leads Salesforce's own host names to the emulator, for clients that know no others: by a proxy, as many a company has one."""
    with Proxy(org.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        yield


@pytest.fixture()
def sf(org):
    """The org seen by simple-salesforce."""
    session = requests.Session()
    session.verify = org.ca
    return Salesforce(instance_url=org.base, session_id=org.token, session=session, version="62.0")

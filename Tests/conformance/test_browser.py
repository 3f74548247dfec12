"""`sequencectl login` with a real browser: headless Chromium fills in the emulator's login page.

Chromium and its driver are Debian's packages; the desktop's `xdg-open` is a script that hands the address over.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import time

import pytest
import requests

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Host:
    """A daemon whose destination is signed in to by browser, and the command line beside it."""

    def __init__(self, folder, programs, url):
        self.folder = folder
        self.programs = programs
        self.redirect = f"http://localhost:{free_port()}/OauthRedirect"
        subprocess.run([REPOSITORY / "Scripts/make-crm", folder / "crm.db", "20", "40"], check=True)
        shutil.copytree(REPOSITORY / "etc/sequenced", folder / "etc")
        shutil.rmtree(folder / "etc/quiet-windows")
        (folder / "etc/sources/local.yaml").write_text(f"type: sqlite\npath: {folder}/crm.db\n")
        (folder / "etc/destinations/production.yaml").write_text(
            f"type: salesforce\nlogin_url: {url}\nauth:\n  flow: authorization-code\n"
            f"  client_id: emulator-client\n  redirect_uri: {self.redirect}\n"
        )
        (folder / "credentials").mkdir(mode=0o700)
        (folder / "credentials/state-key").write_text("a key of the unit's own")
        desktop = folder / "desktop"
        desktop.mkdir()
        (desktop / "xdg-open").write_text(f'#!/bin/sh\nprintf %s "$1" >{folder}/address.new\nmv {folder}/address.new {folder}/address\n')
        (desktop / "xdg-open").chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{desktop}:{os.environ['PATH']}",
            "CREDENTIALS_DIRECTORY": str(folder / "credentials"),
        }
        self.daemon = None

    def start(self):
        self.daemon = subprocess.Popen(
            [
                self.programs / "sequenced",
                *("--config", self.folder / "etc", "--state", self.folder / "state", "--socket", self.folder / "socket"),
            ],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=open(self.folder / "log", "ab"),
        )
        self.until(lambda: self.ctl("status").returncode == 0)

    def stop(self):
        self.daemon.terminate()
        assert self.daemon.wait(timeout=60) == 0

    def until(self, holds):
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline and self.daemon.poll() is None, (self.folder / "log").read_text()[-4000:]
            time.sleep(0.05)

    def line(self, *arguments):
        return [self.programs / "sequencectl", "--socket", self.folder / "socket", *arguments]

    def ctl(self, *arguments):
        return subprocess.run(self.line(*arguments), env=self.environment, capture_output=True, text=True, timeout=120)

    def ctl_beside(self, *arguments):
        return subprocess.Popen(
            self.line(*arguments),
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture()
def host(tmp_path):
    programs = pathlib.Path(os.environ["SALESFORCE_EMULATOR"]).parent
    emulator = subprocess.Popen([programs / "salesforce-emulator", "--quiet"], stdout=subprocess.PIPE, text=True)
    host = Host(tmp_path, programs, emulator.stdout.readline().split()[-1])
    host.start()
    yield host
    host.stop()
    emulator.terminate()
    emulator.wait(timeout=20)


class Browser:
    """Headless Chromium, spoken to in W3C's WebDriver protocol; clients of that want other packages than the others here do."""

    ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

    def __init__(self, folder):
        port = free_port()
        self.driver = subprocess.Popen([shutil.which("chromedriver"), f"--port={port}", "--silent"], stdout=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.until(lambda: self.is_up())
        arguments = ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", f"--user-data-dir={folder}/browser"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium has none for root.
        options = {"binary": shutil.which("chromium"), "args": arguments}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self.base += "/session/" + self.call("POST", "/session", wanted)["sessionId"]

    def call(self, method, path, body=None):
        reply = requests.request(method, self.base + path, json=body, timeout=120)
        reply.raise_for_status()
        return reply.json()["value"]

    def is_up(self):
        try:
            return self.call("GET", "/status")["ready"]
        except requests.RequestException:
            return False

    def until(self, holds):
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def open(self, address):
        self.call("POST", "/url", {"url": address})

    @property
    def address(self):
        return self.call("GET", "/url")

    @property
    def source(self):
        return self.call("GET", "/source")

    def find(self, css):
        return self.call("POST", "/element", {"using": "css selector", "value": css})[self.ELEMENT]

    def write(self, css, text):
        element = self.find(css)
        self.call("POST", f"/element/{element}/clear", {})
        self.call("POST", f"/element/{element}/value", {"text": text})

    def click(self, css):
        self.call("POST", f"/element/{self.find(css)}/click", {})

    def end(self):
        self.call("DELETE", "")
        self.driver.terminate()
        self.driver.wait(timeout=60)


@pytest.fixture()
def browser(tmp_path):
    browser = Browser(tmp_path)
    yield browser
    browser.end()


def sign_in(browser, address, password="password"):
    """What a person does on the login page."""
    browser.open(address)
    browser.write("#username", "admin@example.com")
    browser.write("#password", password)
    try:
        browser.click("#Login")
    except requests.HTTPError as error:
        # Where the page that follows can't be loaded, the driver says so; the address is what counts.
        assert "ERR_CONNECTION_REFUSED" in error.response.text, error.response.text


def test_a_person_signs_in(host, browser):
    before = host.ctl("start", "crm", "--wait")
    assert before.returncode == 1 and "nobody has signed in yet" in before.stdout, before

    login = host.ctl_beside("login", "production")
    host.until((host.folder / "address").exists)
    address = (host.folder / "address").read_text()
    assert "code_challenge=" in address and "code_challenge_method=S256" in address
    sign_in(browser, address, password="wrong")
    browser.until(lambda: "check your username" in browser.source)
    assert login.poll() is None, "a wrong password is Salesforce's to tell; the command waits on"
    sign_in(browser, address)
    output, errors = login.communicate(timeout=60)
    assert login.returncode == 0, errors
    assert "admin@example.com" in output
    assert address in errors, "who has no desktop reads the address"
    browser.until(lambda: "Signed in" in browser.source)
    assert browser.address.startswith(host.redirect)

    kept = host.folder / "state/secrets/production"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text().startswith("sealed-1:")
    run = host.ctl("start", "crm", "--wait")
    assert run.returncode == 10, run  # The sample's database has rows that are refused.

    host.stop()
    host.start()
    assert host.ctl("doctor", "production").returncode == 0
    assert host.ctl("logout", "production").returncode == 0
    assert not kept.exists()
    assert host.ctl("start", "crm", "--wait").returncode == 1


def test_an_address_is_pasted(host, browser):
    login = host.ctl_beside("login", "production", "--no-browser", "--output", "json")
    errors = ""
    while "> " not in errors:
        character = login.stderr.read(1)
        assert character, errors
        errors += character
    address = next(line for line in errors.splitlines() if line.startswith("http"))
    sign_in(browser, address)
    # Nothing listens there: the browser shows an error, and the address that it could not open.
    browser.until(lambda: "code=" in browser.address)
    output, rest = login.communicate(browser.address + "\n", timeout=60)
    assert login.returncode == 0, rest
    assert '"done":true' in output
    assert not (host.folder / "address").exists(), "no browser was opened"


def test_a_person_says_no(host, browser):
    login = host.ctl_beside("login", "production")
    host.until((host.folder / "address").exists)
    browser.open((host.folder / "address").read_text())
    browser.click("button[name=deny]")
    _, errors = login.communicate(timeout=60)
    assert login.returncode == 1 and "access_denied" in errors, errors


def test_nobody_comes(host):
    waiting = host.ctl("login", "production", "--timeout", "1s")
    assert waiting.returncode == 124 and "--timeout has passed" in waiting.stderr

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
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

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


@pytest.fixture()
def browser(tmp_path):
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", f"--user-data-dir={tmp_path}/browser"]:
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium has none for root.
    options.binary_location = shutil.which("chromium")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


def sign_in(browser, address, password="password"):
    """What a person does on the login page."""
    browser.get(address)
    WebDriverWait(browser, 60).until(lambda page: page.find_elements(By.ID, "username"))
    browser.find_element(By.ID, "username").clear()
    browser.find_element(By.ID, "username").send_keys("admin@example.com")
    browser.find_element(By.ID, "password").send_keys(password)
    browser.find_element(By.ID, "Login").click()


def test_a_person_signs_in(host, browser):
    before = host.ctl("start", "crm", "--wait")
    assert before.returncode == 1 and "nobody has signed in yet" in before.stdout, before

    login = host.ctl_beside("login", "production")
    host.until((host.folder / "address").exists)
    address = (host.folder / "address").read_text()
    assert "code_challenge=" in address and "code_challenge_method=S256" in address
    sign_in(browser, address, password="wrong")
    WebDriverWait(browser, 60).until(lambda page: "check your username" in page.page_source)
    assert login.poll() is None, "a wrong password is Salesforce's to tell; the command waits on"
    sign_in(browser, address)
    output, errors = login.communicate(timeout=60)
    assert login.returncode == 0, errors
    assert "admin@example.com" in output
    assert address in errors, "who has no desktop reads the address"
    WebDriverWait(browser, 60).until(lambda page: "Signed in" in page.page_source)
    assert browser.current_url.startswith(host.redirect)

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
    WebDriverWait(browser, 60).until(lambda page: "code=" in page.current_url)
    output, rest = login.communicate(browser.current_url + "\n", timeout=60)
    assert login.returncode == 0, rest
    assert '"done":true' in output
    assert not (host.folder / "address").exists(), "no browser was opened"


def test_a_person_says_no(host, browser):
    login = host.ctl_beside("login", "production")
    host.until((host.folder / "address").exists)
    browser.get((host.folder / "address").read_text())
    browser.find_element(By.NAME, "deny").click()
    _, errors = login.communicate(timeout=60)
    assert login.returncode == 1 and "access_denied" in errors, errors


def test_nobody_comes(host):
    waiting = host.ctl("login", "production", "--timeout", "1s")
    assert waiting.returncode == 124 and "--timeout has passed" in waiting.stderr

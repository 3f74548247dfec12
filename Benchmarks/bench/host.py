"""The daemon under measurement: its folders, its definitions, its socket."""

import json
import os
import shutil
import socket
import threading
import time

from .processes import Running, run


class Host:
    """A configuration folder and a state folder of their own; the daemon runs between `start` and `stop`."""

    def __init__(self, programs, work, name):
        self.programs = programs
        self.folder = f"{work}/{name}"
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in ("etc", "credentials"):
            os.makedirs(f"{self.folder}/{folder}", mode=0o700)
        self.write("credentials/secret", "emulator-secret", under="")
        self.socket = self.folder + "/control.sock"
        self.daemon = None

    def write(self, path, text, under="etc/"):
        path = f"{self.folder}/{under}{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def define_org(self, url):
        self.write(
            "destinations/org.yaml",
            f"type: salesforce\nlogin_url: {url}\nlimits: {{ reserve: 0% }}\n"
            "auth: { flow: client-credentials, client_id: emulator-client, client_secret: !credential secret }\n",
        )

    def start(self):
        """Starts the daemon; returns the seconds until it says READY."""
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = self.folder + "/notify"
        if os.path.exists(path):
            os.unlink(path)
        notices.bind(path)
        notices.settimeout(120)
        begun = time.monotonic()
        self.daemon = Running(
            [
                self.programs + "/sequenced", "--config", self.folder + "/etc", "--state", self.folder + "/state",
                "--socket", self.socket,
            ],
            self.folder + "/log",
            env={**os.environ, "CREDENTIALS_DIRECTORY": self.folder + "/credentials", "NOTIFY_SOCKET": path},
        )
        while b"READY=1" not in notices.recv(65536).split(b"\n"):
            pass
        took = time.monotonic() - begun
        # Its later notices go nowhere, and nobody's buffer fills up.
        notices.close()
        return took

    def stop(self):
        if self.daemon:
            self.daemon.stop()
            self.daemon = None

    def forget(self):
        """Takes away what was delivered, so that the next run delivers all."""
        shutil.rmtree(self.folder + "/state", ignore_errors=True)

    def control(self, *arguments, may_fail=False):
        cost = None
        try:
            cost = run([self.programs + "/sequencectl", "--socket", self.socket, *arguments])
        except SystemExit:
            if not may_fail:
                raise
        return cost

    def deliver(self, sequence):
        """Runs a sequence; returns wall seconds, the daemon's CPU seconds, those after reading, and its peak memory so far."""
        cpu, begun = self.daemon.cpu(), time.monotonic()
        samples, over = [], threading.Event()

        def watch():
            while not over.wait(0.02):
                samples.append((time.monotonic() - begun, self.daemon.cpu()))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            report = json.loads(self.control("start", sequence, "--wait", "--output", "json").output)
        finally:
            over.set()
            watcher.join()
        wall, end = time.monotonic() - begun, self.daemon.cpu()
        steps = report.get("run", report).get("steps", [])
        read = sum(step.get("phases", {}).get("reading", 0) for step in steps)
        before = [used for at, used in samples if at <= read]
        return {
            "wall": wall,
            "cpu": end - cpu,
            "cpu_after_reading": end - (before[-1] if before else cpu),
            "reading": read,
            "peak": self.daemon.status("VmHWM"),
            "report": report,
        }

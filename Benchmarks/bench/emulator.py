"""The project's Salesforce emulator, as a process of its own whose cost is reported apart."""

import json
import subprocess
import time
import urllib.parse
import urllib.request

from .processes import Running


class Emulator:
    def __init__(self, program, work, org=None):
        self.log = work + "/emulator.log"
        open(self.log, "w").close()
        options = ["--org", org] if org else []
        self.running = Running([program, "--listen", "127.0.0.1:0", "--quiet", *options], self.log)
        self.url = None
        while self.url is None:
            time.sleep(0.05)
            with open(self.log) as file:
                for line in file:
                    if line.startswith("listening on "):
                        self.url = line.split()[-1]
            if self.running.process.poll() is not None:
                raise SystemExit("cannot start the emulator: see " + self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.stop()

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/emulator/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method="GET" if body is None else "POST",
        )
        with urllib.request.urlopen(request, timeout=600) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def reset(self):
        self.ask("reset", {})

    def counters(self):
        return self.ask("counters")

    def token(self):
        form = urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": "emulator-client", "client_secret": "emulator-secret"}
        )
        with urllib.request.urlopen(self.url + "/services/oauth2/token", form.encode(), timeout=60) as answer:
            return json.load(answer)["access_token"]

"""A systemd of the benchmark's own, booted as the first process of new namespaces, to time `systemctl` in."""

import json
import os
import shutil
import subprocess
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Runs inside: makes as many timers as there are sequences, then times each command that it is told.
INSIDE = """
import json, os, subprocess, sys, time
folder = "/run/systemd/system"
os.makedirs(folder, exist_ok=True)
names = [f"q{number:04}" for number in range(int(sys.argv[1]))]
for number, name in enumerate(names):
    open(f"{folder}/{name}.service", "w").write("[Service]\\nExecStart=/bin/true\\n")
    open(f"{folder}/{name}.timer", "w").write(
        f"[Timer]\\nOnCalendar=*-{1 + number % 12:02}-{1 + number % 28:02} {number % 24:02}:{number % 60:02}\\n")
subprocess.run(["systemctl", "daemon-reload"], check=True)
subprocess.run(["systemctl", "start"] + [name + ".timer" for name in names], check=True)
print("ready", flush=True)
for line in sys.stdin:
    begun = time.monotonic()
    subprocess.run(["systemctl", "--no-pager"] + json.loads(line), stdout=subprocess.DEVNULL)
    print(time.monotonic() - begun, flush=True)
"""


class NoSystemd(Exception):
    """No systemd can be booted here, and why."""


class Systemd:
    """Boots with `with`, is gone after it."""

    def __init__(self, work, timers):
        self.folder, self.timers = work + "/systemd", timers
        self.first = self.asker = self.keeper = None

    def __enter__(self):
        if os.geteuid() != 0:
            raise NoSystemd("booting a systemd needs root")
        if not os.path.exists("/lib/systemd/systemd"):
            raise NoSystemd("systemd is not installed")
        os.makedirs(self.folder + "/root")
        os.makedirs(self.folder + "/packages")
        with open(self.folder + "/console", "wb") as console:
            self.keeper = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--cgroup", "--uts", "--ipc", "--net", "--propagation",
                 "private", REPOSITORY + "/Tests/SystemTests/boot", self.folder + "/root", self.folder + "/packages",
                 REPOSITORY, ""],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console,
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.keeper.poll() is None:
            time.sleep(0.2)
            with open(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children") as file:
                self.first = (file.read().split() or [None])[0]
            if self.first is None:
                continue
            state = subprocess.run(self.inside("systemctl", "is-system-running"), capture_output=True, text=True)
            if state.stdout.strip() in ("running", "degraded"):
                self.asker = subprocess.Popen(
                    self.inside("python3", "-c", INSIDE, str(self.timers)),
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
                if self.asker.stdout.readline() == "ready\n":
                    return self
                break
        self.__exit__()
        raise NoSystemd("it did not come up")

    def __exit__(self, *_):
        if self.asker:
            self.asker.stdin.close()
            self.asker.wait()
        if self.first:
            # The first process takes its namespaces, and all that runs in them, along.
            subprocess.run(["kill", "-KILL", self.first])
        if self.keeper:
            self.keeper.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def inside(self, *words):
        return [
            "nsenter", "--target", self.first, "--mount", "--pid", "--net", "--uts", "--ipc", "chroot",
            self.folder + "/root/new", "/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8", "SYSTEMD_COLORS=0", *words,
        ]

    def systemctl(self, *words):
        """Runs it once; returns its seconds."""
        self.asker.stdin.write(json.dumps(words) + "\n")
        self.asker.stdin.flush()
        return float(self.asker.stdout.readline())

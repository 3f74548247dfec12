"""Runs programs and says what they cost: wall time, CPU seconds and peak resident memory from the kernel's accounting."""

import dataclasses
import os
import subprocess
import sys
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Cost:
    """What one process cost from its start to its end."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def run(arguments, keeps_output=True, **more):
    """Runs a program to its end; without `keeps_output` what it prints is thrown away. Ends the benchmark when it fails."""
    begun = time.monotonic()
    sink = subprocess.PIPE if keeps_output else subprocess.DEVNULL
    process = subprocess.Popen(arguments, stdout=sink, text=True, **more)
    output = process.stdout.read() if keeps_output else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"cannot measure {arguments[0]}: it ended with {process.returncode}\n{output}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


class Running:
    """A program that goes on while it is measured."""

    def __init__(self, arguments, log, **more):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log, **more)
        self.arguments = arguments

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        """CPU seconds of all its threads so far."""
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def status(self, key):
        """A line of /proc/PID/status, in MB where the kernel says kB."""
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith(key + ":"):
                    words = line.split()
                    return int(words[1]) / 1024 if words[-1] == "kB" else int(words[1])
        raise KeyError(key)

    def switches(self):
        """How often its threads gave up a core of their own accord: each is a wake-up that ended."""
        total = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def say(text):
    print(text, file=sys.stderr, flush=True)

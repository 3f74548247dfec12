"""A PostgreSQL of the benchmark's own, on a Unix socket."""

import glob
import os
import pwd
import shutil
import subprocess

from .processes import run


class Cluster:
    """Starts with `with`, is gone after it."""

    def __init__(self, folder):
        self.folder = folder
        versions = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = versions[-1] if versions else os.path.dirname(shutil.which("initdb") or "")
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.words = f"host={folder} dbname=postgres user={self.user}"

    def _as_user(self, *arguments):
        prefix = ["setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups"] if os.geteuid() == 0 else []
        subprocess.run(prefix + list(arguments), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def __enter__(self):
        os.makedirs(self.folder)
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user, self.user)
            os.chmod(os.path.dirname(self.folder), 0o711)
        self._as_user(self.bin + "/initdb", "-D", self.folder + "/data", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-k {self.folder} -c listen_addresses='' -c shared_buffers=1GB -c fsync=off -c max_parallel_workers=0"
        self._as_user(self.bin + "/pg_ctl", "-D", self.folder + "/data", "-w", "-l", self.folder + "/log", "-o", options, "start")
        return self

    def __exit__(self, *_):
        self._as_user(self.bin + "/pg_ctl", "-D", self.folder + "/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def psql(self, *commands, **more):
        return run([self.bin + "/psql", "-qAtX", "-d", self.words] + [word for text in commands for word in ("-c", text)], **more)

    def load(self, table, path):
        """Fills a table of texts from a CSV file with a header."""
        with open(path) as file:
            header = file.readline().strip().split(",")
        columns = ", ".join(f"{name} text" for name in header)
        self.psql(
            f"CREATE TABLE {table} ({columns})",
            f"\\copy {table} FROM '{path}' (FORMAT csv, HEADER)",
            f"VACUUM ANALYZE {table}",
        )

    def copy(self, table, columns):
        """What `psql` needs to fetch the same rows and throw them away."""
        return self.psql(f"COPY (SELECT {columns} FROM {table}) TO STDOUT", keeps_output=False)

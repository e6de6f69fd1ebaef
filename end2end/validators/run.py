#!/usr/bin/env python3
"""Lets SCIM validators that others wrote judge a running Muster.

Starts `muster serve` on loopback with a bootstrap file, runs every validator against its SCIM service, and ends with
`N passed, N failed`. Where the Python that runs it has not got the validators, it makes a private environment beside
this file, kept for the next run.

    python3 end2end/validators/run.py            the binary that `cargo xtask build` leaves, on SQLite
    MUSTER_BIN=… MUSTER_POSTGRES=… run.py        another binary; also on the PostgreSQL of this superuser URL
"""

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"
VALIDATORS = ["scim2.py", "sanity.py", "openapi.py"]
START_SECONDS = 20

BOOTSTRAP = """
organisation = "Acme"
[[node]]
name = "Berlin"
parent = "Acme"
[[administrator]]
email = "ada@acme.example"
name = "Ada Lovelace"
passphrase_file = "ada.txt"
[[connection]]
node = "Berlin"
write_token_to = "berlin.token"
"""


def main() -> int:
    python = environment()
    databases = ["sqlite"] + (["postgres"] if os.environ.get("MUSTER_POSTGRES") else [])
    passed = failed = 0
    for kind in databases:
        for validator in VALIDATORS:
            with database(kind) as url, muster(url) as (address, token):
                print(f"\n== {validator.removesuffix('.py')} against Muster on {kind}", flush=True)
                good, bad = judge(python, validator, address, token)
                passed, failed = passed + good, failed + bad
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def judge(python: Path, validator: str, address: str, token: str) -> tuple[int, int]:
    """Runs one validator; its last line is `<passed> <failed>`."""
    run = subprocess.run([python, HERE / validator, address], env={**os.environ, "SCIM_TOKEN": token}, stdout=subprocess.PIPE, text=True)
    *said, verdict = run.stdout.rstrip().splitlines() or [""]
    print("\n".join(said), flush=True)
    try:
        good, bad = (int(number) for number in verdict.split())
    except ValueError:
        print(f"{validator} broke down: {verdict}")
        return 0, 1
    return good, bad


def environment() -> Path:
    """The Python with the validators: this one, or a private one that is made anew only when the requirements changed."""
    if all(find_spec(name) for name in ["scim2_tester", "scim_sanity", "schemathesis"]):
        return Path(sys.executable)
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "requirements.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT])
        if made.returncode != 0:
            sys.exit("no environment can be made; on Debian and Ubuntu: apt-get install python3-venv")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-input", "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted)
    return python


@contextmanager
def muster(database_url: str | None):
    """A Muster with one saved connection; the address of its SCIM service and its token."""
    with tempfile.TemporaryDirectory(prefix="muster-validators-") as name:
        folder = Path(name)
        write(folder / "bootstrap.toml", BOOTSTRAP)
        write(folder / "ada.txt", secrets.token_urlsafe(24) + "\n")
        url = f"http://127.0.0.1:{free_port()}"
        words = ["serve", "--listen", url.removeprefix("http://"), "--data-dir", folder / "data"]
        words += ["--bootstrap", folder / "bootstrap.toml", "--scim-rate-limit", "0", "--auth-rate-limit", "0"]
        words += ["--database-url", database_url] if database_url else []
        with open(folder / "log", "w+") as log, subprocess.Popen([binary(), *words], cwd=folder, stdout=log, stderr=log) as process:
            try:
                wait_until_ready(url, process, folder / "log")
                # The root has number 1, so Berlin has 2.
                yield f"{url}/api/rest/scim/v2/2", (folder / "berlin.token").read_text().strip()
            finally:
                process.terminate()


def wait_until_ready(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    sys.exit(f"Muster did not become ready:\n{log.read_text()}")


@contextmanager
def database(kind: str):
    """A database of its own; SQLite's lies in the data folder and needs nothing."""
    if kind == "sqlite":
        yield None
        return
    server = os.environ["MUSTER_POSTGRES"]
    name = f"muster_validators_{secrets.token_hex(6)}"
    ask(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        yield server.rpartition("/")[0] + "/" + name
    finally:
        ask(server, f"DROP DATABASE {name} WITH (FORCE)")


def ask(server: str, sql: str) -> None:
    subprocess.run(["psql", "--quiet", "--no-psqlrc", server, "--command", sql], check=True)


def binary() -> str:
    target = os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")
    return os.environ.get("MUSTER_BIN", str(Path(target) / "release" / "muster"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def write(path: Path, text: str) -> None:
    """Readable by nobody else, as Muster demands of such files."""
    path.touch(mode=0o600)
    path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())

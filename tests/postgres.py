"""A PostgreSQL server for tests, from Debian's package or whatever provides its programs."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from class_folders import wait_until

_USER = "postgres"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in places if (each / "initdb").exists()), None)


@contextlib.contextmanager
def server():
    """A server of one's own on a free port of this machine; gives the address of its database."""
    with tempfile.TemporaryDirectory(prefix="gradebook-", dir="/tmp") as folder:
        identity = _identity(folder)
        data = Path(folder) / "data"
        subprocess.run(
            [programs() / "initdb", "-U", _USER, "-A", "trust", "-E", "UTF8", "-N", data],
            check=True,
            capture_output=True,
            cwd=folder,
            **identity,
        )
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder}
        line = [f"-c{name}={value}" for name, value in options.items()]
        with (
            open(Path(folder) / "log", "w") as log,
            subprocess.Popen(
                [programs() / "postgres", "-D", data, *line],
                stdout=log,
                stderr=log,
                cwd=folder,
                **identity,
            ) as process,
        ):
            try:
                wait_until(lambda: _answers(port, process), 30)
                yield f"postgresql+psycopg2://{_USER}@127.0.0.1:{port}/postgres"
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(30)


def _identity(folder: str) -> dict:
    """PostgreSQL refuses to run as root; the user of Debian's package, or nobody, stands in."""
    if os.geteuid():
        return {}
    names = {each.pw_name: each for each in pwd.getpwall()}
    user = names.get(_USER) or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _answers(port: int, process: subprocess.Popen) -> bool:
    assert process.poll() is None, "PostgreSQL ended"
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False

"""Debian's Chromium without a window, what it said and asked for, and whom its page shuts out."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def page():
    """An empty page. At the end, errors on its console and requests off this machine fail a test.

    Where no Chromium is installed, the test is skipped, or fails if it is run by CI.
    """
    program = shutil.which("chromium")
    if program is None:
        message = "Chromium is not installed; 'apt-get install chromium' puts it there"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        try:
            opened = chromium.new_page(viewport={"width": 1200, "height": 1000})
            wrong: list[str] = []
            opened.on("pageerror", lambda error: wrong.append(str(error)))
            opened.on("console", lambda said: said.type == "error" and wrong.append(said.text))
            opened.on("request", lambda asked: _is_here(asked.url) or wrong.append(asked.url))
            yield opened
            assert not wrong, wrong
        finally:
            chromium.close()


@contextlib.contextmanager
def served(folder):
    """The address of a folder's files, served to this machine only."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *said):
        pass


def barriers(opened, part):
    """What axe-core calls serious or critical in a part of the page, a CSS selector."""
    # It would fetch style sheets once more, and what they import from where the page lies.
    found = Axe().run(opened, part, {"preload": False}).response
    assert found["passes"], f"nothing was looked at in {part}"
    return [
        f"{each['id']}: {node['failureSummary']} ({node['html']})"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def _is_here(address):
    parts = urlsplit(address)
    return parts.scheme in ("file", "data", "blob") or parts.hostname in ("127.0.0.1", "localhost")

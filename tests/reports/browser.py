"""A real browser, if there is one: what it draws, and what it complains of."""

import functools
import os
import shutil
import subprocess

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--v=0",
]
SECONDS = 120


@functools.cache
def find_chromium():
    """The program, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for found in map(shutil.which, names) if found), None)


def browse(page, profile, *flags):
    """Open a page: what the browser printed, and what it logged."""
    command = [find_chromium(), *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=os.environ)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

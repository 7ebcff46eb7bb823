"""Start, watch and end processes, so that none outlives the command that started it."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


def server_user() -> pwd.struct_passwd | None:
    """Servers refuse to run as root: the user they run as instead; None when we are not root."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("running as root, and neither a user 'postgres' nor 'nobody' exists to run servers as")


def give_to_server_user(*folders: Path) -> None:
    """Let the server user own these folders (nothing to do when not root)."""
    if user := server_user():
        for folder in folders:
            os.chown(folder, user.pw_uid, user.pw_gid)


def as_server_user() -> dict[str, object]:
    """Keyword arguments for subprocess that drop root."""
    user = server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _dies_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        if hasattr(libc, "prctl"):  # Linux: the kernel ends the child if this process is killed
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def start(command: Sequence[str | Path], *, env: Mapping[str, str], log: Path | None = None, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a child in its own process group; it ends with us, whatever ends us. Output goes to `log`, or to the screen."""
    # The child keeps its own descriptor of the log; ours closes at once.
    out = open(log, "ab") if log else None  # noqa: SIM115
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT if out else None,
            start_new_session=True,
            preexec_fn=_dies_with(os.getpid()),  # noqa: PLW1509
        )
    finally:
        if out:
            out.close()


def stop(process: subprocess.Popen[bytes], *, how: int = signal.SIGTERM, patience_s: float = 20) -> None:
    """Ask a child to end, wait, and kill its whole group if it does not."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

"""An SMS provider for the demo and for tests: it speaks the contract of docs/notices.md, keeps what it got, and sends nothing to anybody.

Numbers end in what they do: …0001 is nobody's, …0002 is taken and never arrives, …0003 is away at the first attempt.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIME, SIGNATURE = "X-Wanshang-Time", "X-Wanshang-Signature"
WITHIN_S = 300
NOBODY, NEVER, LATER = "0001", "0002", "0003"


def signature(secret: str, moment: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


class Simulator(ThreadingHTTPServer):
    """Each message is a file `<moment>-<id>.json` in the folder, complete when it appears. A key that comes again makes no second one."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path, secret: str, *, reports: bool = True, within_s: int = WITHIN_S) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder, self.secret, self.reports, self.within_s = folder, secret, reports, within_s
        self.lock = threading.Lock()
        self.asked: dict[str, int] = {}  # how often each key came
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def kept(self) -> list[dict[str, Any]]:
        """Every message, oldest first."""
        return [json.loads(file.read_text()) for file in sorted(self.folder.glob("*.json"))]

    def take(self, key: str, message: dict[str, Any]) -> tuple[int, dict[str, str]]:
        number = str(message["to"])
        with self.lock:
            self.asked[key] = self.asked.get(key, 0) + 1
            if number.endswith(NOBODY):
                return 422, {"code": "no_such_number", "why": "nobody has this number"}
            if number.endswith(LATER) and self.asked[key] == 1:
                return 503, {"code": "busy", "why": "come again"}
            ref = hashlib.sha256(key.encode()).hexdigest()[:16]
            if not any(self.folder.glob(f"*-{ref}.json")):
                moment = datetime.now(UTC)
                file = self.folder / f"{moment:%Y%m%dT%H%M%S%f}-{ref}.json"
                part = file.with_suffix(".part")
                part.write_text(json.dumps({"at": moment.isoformat(), "ref": ref, **message}, ensure_ascii=False))
                part.rename(file)
        if self.reports:
            threading.Thread(target=self.report, args=(message, ref, "failed" if number.endswith(NEVER) else "delivered"), daemon=True).start()
        return 202, {"ref": ref}

    def report(self, message: dict[str, Any], ref: str, state: str) -> None:
        """A receipt, to where the message asks for it: tried three times. Hosts under .localhost are this machine."""
        body = json.dumps({"id": message["id"], "ref": ref, "state": state, "why": "" if state == "delivered" else "the phone is off"}).encode()
        at = urlsplit(str(message["receipts"]))
        for wait in (0.3, 2, 10):
            time.sleep(wait)
            moment = str(int(time.time()))
            headers = {"Host": at.netloc, "Content-Type": "application/json", TIME: moment, SIGNATURE: signature(self.secret, moment, body)}
            link = http.client.HTTPConnection("127.0.0.1" if str(at.hostname).endswith("localhost") else str(at.hostname), at.port, timeout=10)
            try:
                link.request("POST", at.path, body=body, headers=headers)
                if link.getresponse().status == 200:
                    return
            except OSError:
                continue
            finally:
                link.close()


class Handler(BaseHTTPRequestHandler):
    server: Simulator
    timeout = 10

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 100_000))
        self._answer(*self._taken(body))

    def _taken(self, body: bytes) -> tuple[int, dict[str, str]]:
        moment, given, key = (self.headers.get(name, "") for name in (TIME, SIGNATURE, "Idempotency-Key"))
        if (
            not moment.isdecimal()
            or abs(time.time() - int(moment)) > self.server.within_s
            or not hmac.compare_digest(signature(self.server.secret, moment, body), given)
        ):
            return 401, {"code": "bad_signature", "why": "the signature is not ours, or too old"}
        try:
            message = json.loads(body)
            missing = {"id", "to", "text", "receipts"} - set(message)
        except (ValueError, TypeError):
            return 400, {"code": "bad_request", "why": "not JSON"}
        if self.path != "/messages" or missing or not key:
            return 400, {"code": "bad_request", "why": f"missing: {', '.join(sorted(missing)) or 'Idempotency-Key, or another path'}"}
        return self.server.take(key, message)

    def _answer(self, status: int, answer: dict[str, str]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a text of somebody's is nobody's business."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    Simulator(given.port, given.folder, os.environ["SMS_SECRET"]).serve_forever()


if __name__ == "__main__":
    main()

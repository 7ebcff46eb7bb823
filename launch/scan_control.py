"""A page with holes: a query put together from what was typed, an echo, a redirect to anywhere. Loopback only, for `make scan`."""

from __future__ import annotations

import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FORMS = "".join(
    f'<form action="{path}"><input name="{name}" value="1"><button>x</button></form>' for path, name in (("/find", "q"), ("/echo", "q"), ("/go", "next"))
)


class Holes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        status, headers, body = 200, {"Content-Type": "text/html"}, f"<html><body>{FORMS}</body></html>"
        if address.path == "/find":
            status, body = find(asked.get("q", ""))
        elif address.path == "/echo":
            body = f"<html><body>{asked.get('q', '')}</body></html>"
        elif address.path == "/go":
            status, headers = 302, {"Location": asked.get("next", "/")}
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value.replace("\r", "").replace("\n", ""))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


def find(text: str) -> tuple[int, str]:
    goods = sqlite3.connect(":memory:")
    goods.executescript("create table goods (name text); insert into goods values ('tea'), ('1'), ('cup')")
    try:
        rows = goods.execute(f"select name from goods where name = '{text}'").fetchall()  # noqa: S608  the hole
    except sqlite3.Error as error:
        return 500, f"<html><body>sqlite3.OperationalError: {error}</body></html>"
    return 200, f"<html><body>{len(rows)} found {'tea' * len(rows)}</body></html>"


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Holes).serve_forever()

"""The demo's mailbox: every mail the market sent, for whoever tries it out. Only there when DEMO_MAILBOX says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from marketplace.kernel.errors import NotFound

SHOWN = 100


@dataclass
class Mail:
    """A mail as the list shows it."""

    key: str
    at: datetime
    to: str
    subject: str
    first_line: str = ""


def _folder() -> Path:
    if not settings.DEMO_MAILBOX:
        raise NotFound
    return Path(settings.EMAIL_FILE_PATH)


def _read(file: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(file.read_bytes())  # type: ignore[arg-type, return-value]


def _shown(file: Path) -> Mail:
    message = _read(file)
    return Mail(file.stem, _moment(file), str(message["to"]), str(message["subject"]), _text(message)[:120])


def _moment(file: Path) -> datetime:
    """When it was sent, as its name says (config/mail_folder.py)."""
    try:
        return datetime.strptime(file.stem.partition("-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body else ""  # type: ignore[no-any-return]


def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, all or those to one address."""
    wanted = request.GET.get("to", "").strip().lower()
    files = sorted(_folder().glob("*.eml"), reverse=True) if _folder().is_dir() else []
    people = sorted({file.stem.partition("-")[2] for file in files})
    mails = [_shown(file) for file in files if not wanted or file.stem.partition("-")[2].lower() == wanted]
    return render(request, "mailbox/mailbox.html", {"mails": mails[:SHOWN], "people": people, "wanted": wanted})


@dataclass
class Sms:
    """An SMS as the demo's simulator got it."""

    at: datetime
    to: str
    text: str


def sms_box(request: HttpRequest) -> HttpResponse:
    """The newest SMS, all or those to one number."""
    _folder()
    wanted = request.GET.get("to", "").strip()
    folder = Path(settings.SMS_FOLDER)
    kept = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"), reverse=True)] if folder.is_dir() else []
    found = [Sms(datetime.fromisoformat(each["at"]), str(each["to"]), str(each["text"])) for each in kept if not wanted or each["to"] == wanted]
    context = {"messages_sent": found[:SHOWN], "numbers": sorted({str(each["to"]) for each in kept}), "wanted": wanted}
    return render(request, "mailbox/sms.html", context)


def _file(key: str) -> Path:
    """Of those in the folder, the one that is called so: no path is made of what an address says."""
    found = next((file for file in _folder().glob("*.eml") if file.stem == key), None)
    if found is None:
        raise NotFound
    return found


@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # the package's type forgets arguments of the address
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, as a mail program would show it."""
    message = _read(_file(key))
    return render(request, "mailbox/mail.html", {"mail": _shown(_file(key)), "text": _text(message), "has_html": message.get_body(("html",)) is not None})


@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": [SELF],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-top-navigation-by-user-activation"],
    }
)
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of a mail, for the frame of its page."""
    body = _read(_file(key)).get_body(("html",))
    if body is None:
        raise NotFound
    return HttpResponse(body.get_content().replace("<head>", '<head><base target="_top">', 1))

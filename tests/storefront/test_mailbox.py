"""The demo's mailbox: there only where the settings say so, and what stands in a mail cannot do anything to its reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as the_settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from marketplace.config.mail_folder import FolderBackend
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert('mail')</script>"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.DEMO_MAILBOX, settings.EMAIL_FILE_PATH = True, tmp_path / "mails"
    return tmp_path / "mails"


def send(
    to: str = "mei@example.com",
    subject: str = "Hello",
    text: str = "Words",
    html: str = "<html><head></head><body><a href='http://market.localhost/'>Go</a></body></html>",
) -> str:
    """Its key in the mailbox."""
    message = EmailMultiAlternatives(subject, text, "market@market.localhost", [to])
    if html:
        message.attach_alternative(html, "text/html")
    backend = FolderBackend()
    assert backend.send_messages([message]) == 1
    return max(Path(the_settings.EMAIL_FILE_PATH).glob("*.eml")).stem


def read(path: str) -> Any:
    return Client(raise_request_exception=False, headers={"host": "market.localhost", "accept-language": "en"}).get(path)


def at(key: str, part: str = "") -> str:
    return f"/mailbox/{quote(key, safe='')}/{part}"


def policy(response: Any) -> dict[str, list[str]]:
    return {rule.split()[0]: rule.split()[1:] for rule in response.headers["Content-Security-Policy"].split(";") if rule.strip()}


def test_without_the_setting_there_is_no_mailbox(settings):
    key = send()
    assert read("/mailbox/").status_code == read(at(key)).status_code == read(at(key, "html/")).status_code == 200
    settings.DEMO_MAILBOX = False
    for path in ("/mailbox/", "/mailbox/?to=mei@example.com", at(key), at(key, "html/")):
        answer = read(path)
        assert answer.status_code == 404 and "mei@example.com" not in answer.content.decode()


def test_tests_and_settings_have_it_off_by_default():
    from marketplace.config.environment import Environment

    assert Environment.model_fields["DEMO_MAILBOX"].default is False


def test_an_empty_mailbox_says_so(folder):
    assert not folder.exists()
    page = read("/mailbox/")
    assert page.status_code == 200 and "No mail yet." in page.content.decode()


def test_the_newest_stands_first_and_one_reader_can_be_chosen():
    with clock.shifted(timedelta(days=-2)):
        send("mei@example.com", "First")
    with clock.shifted(timedelta(days=-1)):
        send("han@example.com", "Second")
    send("mei@example.com", "Third")
    mails = read("/mailbox/").context["mails"]
    assert [mail.subject for mail in mails] == ["Third", "Second", "First"]
    assert [mail.subject for mail in read("/mailbox/?to=Mei@example.com").context["mails"]] == ["Third", "First"]
    assert timedelta(hours=47) < datetime.now(UTC) - mails[2].at < timedelta(hours=49)
    assert read("/mailbox/?to=nobody@example.com").context["mails"] == []


def test_a_mail_with_another_name_is_shown_too(folder):
    key = send(subject="By hand")
    (folder / f"{key}.eml").rename(folder / "1764000000000000000-mei@example.com.eml")
    page = read("/mailbox/")
    assert page.status_code == 200 and "By hand" in page.content.decode()


def test_words_of_a_mail_are_words():
    key = send(subject=f"Look {SCRIPT}", text=f"See {SCRIPT} and http://market.localhost/orders/1/", html="")
    for path in ("/mailbox/", at(key)):
        page = read(path).content.decode()
        assert SCRIPT not in page and "&lt;script&gt;alert" in page
    assert 'href="http://market.localhost/orders/1/"' in read(at(key)).content.decode()
    assert read(at(key, "html/")).status_code == 404


def test_the_html_part_stands_in_a_frame_that_runs_nothing():
    key = send(html=f"<html><head></head><body>{SCRIPT}<img src='http://elsewhere.example/seen.png'><form action='/sign-out/'></form></body></html>")
    page, part = read(at(key)), read(at(key, "html/"))
    assert f'<iframe src="/mailbox/{key}/html/"' in page.content.decode()
    assert SCRIPT not in page.content.decode()
    assert policy(page)["frame-src"] == ["'self'"] and policy(page)["frame-ancestors"] == ["'none'"]
    rules = policy(part)
    assert rules["default-src"] == ["'none'"] and rules["img-src"] == ["'self'"] and rules["frame-ancestors"] == ["'self'"]
    assert rules["script-src"] == ["'none'"] and rules["sandbox"] and not {"allow-scripts", "allow-same-origin", "allow-forms"} & set(rules["sandbox"])
    assert part.headers["X-Frame-Options"] == "SAMEORIGIN" and part.headers["X-Content-Type-Options"] == "nosniff"
    assert '<base target="_top">' in part.content.decode()


@pytest.mark.parametrize("key", ["nothing", "../secret", "..%2Fsecret", "..\\secret", "/etc/passwd", ".", "..", "x" * 300, "a\x00b"], ids=range(9))
def test_no_key_leads_out_of_the_folder(folder, key):
    send()
    (folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    for path in (at(key), at(key, "html/"), f"/mailbox/{quote(key)}/"):
        answer = read(path)
        assert answer.status_code in (400, 404) and "secret" not in answer.content.decode().replace(key, "")

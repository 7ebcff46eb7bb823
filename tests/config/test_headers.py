"""What every answer tells a browser: which scripts may run, who may frame it, and cookies that stay with their host."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.http import HttpResponse
from django.test import Client, override_settings

from cms.middleware import cms_answers
from cms.rules import ANSWERING, PREVIEWS
from tenants.access.rules import anyone, route
from tenants.accounts.models import User
from tenants.tenancy.models import schema_name_of
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.planting import planted

pytestmark = pytest.mark.django_db

MARKET, SHOP = "market.localhost", "kiln.market.localhost"
WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"


def signed_in(email: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def policy(response: HttpResponse) -> dict[str, set[str]]:
    """The content security policy, by directive."""
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def laxities(response: HttpResponse) -> list[str]:
    """What a policy allows that ours must not."""
    found, rules = [], policy(response)
    if rules.get("default-src") != {"'none'"}:
        found.append("default-src is not 'none'")
    for name in ("script-src", "style-src", "connect-src", "font-src"):
        found += [f"{name} allows {source}" for source in rules.get(name, {"nothing said"}) - {"'self'"}]
    for name in ("base-uri", "frame-ancestors"):
        found += [f"{name} allows {source}" for source in rules.get(name, {"nothing said"}) - {"'none'"}]
    found += [f"form-action allows {source}" for source in rules["form-action"] if source in ("*", "https:", "http:")]
    return found


PAGES = [
    (None, MARKET, "/"),
    (None, MARKET, "/search/?q=mug"),
    (None, MARKET, "/cart/"),
    (None, MARKET, "/sign-in/"),
    (None, MARKET, "/register/"),
    (None, MARKET, "/no-such-page/"),
    (None, "nobody.market.localhost", "/"),
    (None, SHOP, "/"),
    ("owner-a@market.localhost", MARKET, "/account/"),
    ("owner-a@market.localhost", WORKBENCH, "/"),
    ("owner-a@market.localhost", WORKBENCH, "/products/new/"),
    ("owner-b@market.localhost", WORKBENCH, "/orders/"),  # refused
    ("operator@market.localhost", CONSOLE, "/"),
    ("operator@market.localhost", CONSOLE, "/merchants/new/"),
]


@pytest.mark.parametrize(("email", "host", "path"), PAGES)
def test_no_page_of_ours_lets_a_script_run_that_is_not_a_file_of_ours(email, host, path):
    client = signed_in(email) if email else Client()
    response = client.get(path, headers={"host": host})
    assert laxities(response) == []
    assert response.headers.get("X-Frame-Options", "DENY") == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_defects_page_is_no_laxer():
    def broken(request: Any) -> None:
        raise ZeroDivisionError

    with planted("market", route("broken/", broken, may=anyone(), name="broken")):
        response = Client(raise_request_exception=False).get("/broken/", headers={"host": MARKET})
    assert response.status_code == 500
    assert laxities(response) == []


def test_a_policy_that_allows_too_much_is_found():
    """The control: Wagtail's admin has one, and it is its own."""
    response = signed_in("owner-a@market.localhost").get("/cms/", headers={"host": WORKBENCH})
    assert response.status_code == 200
    assert laxities(response) == [
        "script-src allows 'unsafe-inline'",
        "style-src allows 'unsafe-inline'",
        "frame-ancestors allows 'self'",
    ]


def test_wagtails_admin_never_evaluates_text_and_is_framed_by_its_own_host_alone():
    for email, host in (("owner-a@market.localhost", WORKBENCH), ("operator@market.localhost", CONSOLE)):
        response = signed_in(email).get("/cms/", headers={"host": host})
        rules = policy(response)
        assert "'unsafe-eval'" not in response.headers["Content-Security-Policy"]
        assert rules["script-src"] == {"'self'", "'unsafe-inline'"}
        assert rules["frame-ancestors"] == {"'self'"}
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_preview_runs_no_script_at_all():
    class Match:
        view_name = sorted(PREVIEWS)[0]

    request = Client().get("/", headers={"host": MARKET}).wsgi_request
    request.resolver_match = Match()  # type: ignore[assignment]
    answer = cms_answers(lambda request: HttpResponse())(request)
    assert answer._csp_replace["script-src"] == ["'none'"] and "allow-scripts" not in answer._csp_replace["sandbox"]
    assert PREVIEWS <= ANSWERING


def test_the_style_sheet_and_scripts_that_the_policy_asks_for_are_files_of_ours():
    page = Client().get("/", headers={"host": MARKET}).content.decode()
    assert '<script src="/static/' in page and 'rel="stylesheet" href="/static/' in page
    assert finders.find("js/app.js") and finders.find("django_htmx/htmx-2.min.js")


# ── Cookies ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def cookies_of_a_sign_in() -> SimpleCookie:
    """Everything the market, a shop and a back office set on the way to a signed-in page."""
    make.a_buyer("mei@example.com")
    client, jar = Client(), SimpleCookie()
    for response in (
        client.get("/sign-in/?hl=en", headers={"host": MARKET}),
        client.post("/sign-in/", {"login": "mei@example.com", "password": "correct horse battery"}, headers={"host": MARKET}),
        Client().get("/", headers={"host": WORKBENCH}),
    ):
        for name, cookie in response.cookies.items():
            jar[name] = cookie.value
            jar[name].update(cookie)
    return jar


def test_no_cookie_leaves_its_host_or_is_read_by_a_script():
    jar = cookies_of_a_sign_in()
    assert set(jar) == {"session", "csrf", "language", "handover"}
    for name, cookie in jar.items():
        assert cookie["domain"] == "", name
        assert cookie["path"] == "/", name
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


def test_under_https_cookies_are_secure():
    """Their names become __Host- as well: tests/config/test_environment.py."""
    with override_settings(HTTPS=True, SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True):
        assert all(cookie["secure"] for cookie in cookies_of_a_sign_in().values())


def test_under_https_a_browser_is_told_to_stay_there():
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000):
        plain = Client().get("/shops/?page=1", headers={"host": MARKET})
        assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{MARKET}/shops/?page=1")
        assert Client().get("/", headers={"host": MARKET}, secure=True).headers["Strict-Transport-Security"] == "max-age=31536000"
        assert Client().get("/healthz").status_code == 200  # a load balancer asks plainly


def test_a_caller_cannot_pretend_to_have_come_by_https():
    with override_settings(SECURE_SSL_REDIRECT=True):
        assert Client().get("/", headers={"host": MARKET, "x-forwarded-proto": "https"}).status_code == 301
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        assert Client().get("/", headers={"host": MARKET, "x-forwarded-proto": "https"}).status_code == 200


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SCHEMA = schema_name_of(MERCHANTS["a"])


@pytest.fixture
def files():
    """A picture, and things that must not be served as one."""
    with merchant_schema(MERCHANTS["a"]):
        names = [
            default_storage.save(name, ContentFile(b"<script>alert(1)</script>")) for name in ("pictures/mug.webp", "page.html", "mug.svg", "mug.webp.html")
        ]
        paper = storages["papers"].save("licence.webp", ContentFile(b"secret"))
    return [*names, paper]


def media(path: str, host: str = MARKET) -> Any:
    return Client().get(f"/media/{path}", headers={"host": host})


@pytest.mark.parametrize("host", [MARKET, SHOP])
def test_a_picture_is_served_as_a_picture_whatever_is_in_it(files, host):
    response = media(f"{SCHEMA}/{files[0]}", host)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_no_picture_is_not_served(files):
    assert {media(f"{SCHEMA}/{name}").status_code for name in files[1:4]} == {404}


@pytest.mark.parametrize(
    "path",
    [
        "{schema}/../../papers/{schema}/{paper}",
        "{schema}/..%2f..%2fpapers/{schema}/{paper}",
        "../papers/{schema}/{paper}",
        "papers/{schema}/{paper}",
        "{schema}/%2e%2e/%2e%2e/papers/{schema}/{paper}",
        "m_nothing/{paper}",
        "{schema}//etc/passwd",
    ],
)
def test_private_papers_have_no_address(files, path):
    with merchant_schema(MERCHANTS["a"]):
        assert Path(storages["papers"].path(files[-1])).read_bytes() == b"secret"
    response = media(path.format(schema=SCHEMA, paper=files[-1]))
    assert response.status_code == 404
    assert b"secret" not in b"".join(response)

"""Letters: written with the change they tell of, sent afterwards, and kept until the mail server takes them. And whose an address is."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from marketplace.flows.open_shop import open_shop
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery
from marketplace.kernel.relay import deliver_events
from tenants.accounts.errors import AddressUnconfirmed
from tenants.accounts.models import Letter
from tenants.tenancy.models import Merchant
from tests.running import free_port

pytestmark = pytest.mark.django_db

EMAIL = "wan@example.com"


@pytest.fixture
def registered() -> Client:
    client = Client(headers={"host": "market.localhost", "accept-language": "zh-CN"})
    answer = client.post("/register/", {"email": EMAIL, "password1": "kiln-and-trail-22"})
    assert answer.status_code == 302
    return client


def open_for(email: str) -> Merchant:
    return open_shop(by=SYSTEM, merchant_id=uuid4(), slug="paper", names={"en": "Paper"}, owner_email=email)


def set_a_new_password(client: Client) -> None:
    """Ask for a link, and follow the one that was sent."""
    client.post("/password/forgotten/", {"email": EMAIL})
    deliver_events()
    link = re.search(r"http://[^/]+(/password/new/\S+)", str(mail.outbox[-1].body))
    assert link
    form = client.get(link[1], follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": "another-good-one-7", "password2": "another-good-one-7"})
    assert done.status_code == 302, done.content.decode()[-3000:]


class TestSending:
    def test_a_letter_is_in_the_language_of_the_page_and_its_text_is_forgotten(self, registered):
        assert not mail.outbox
        deliver_events()
        (sent,) = mail.outbox
        assert sent.to == [EMAIL]
        assert sent.subject == "请确认您在万商的邮箱"
        assert "http://market.localhost/email/confirm/" in sent.body
        letter = Letter.objects.get(email=EMAIL)
        assert letter.text == ""
        assert letter.sent_at

    def test_a_mail_server_that_is_away_keeps_nobody_from_registering_and_gets_the_letter_later(self, registered, settings):
        backend = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", free_port()
        deliver_events()
        assert Letter.objects.get(email=EMAIL).sent_at is None
        settings.EMAIL_BACKEND = backend
        Delivery.objects.filter(status=Delivery.Status.WAITING).update(due_at=clock.now() - timedelta(seconds=1))
        deliver_events()
        assert [sent.to for sent in mail.outbox] == [[EMAIL]]


class TestWhoseAnAddressIs:
    def test_no_shop_is_given_to_somebody_who_only_typed_the_address(self, registered):
        with pytest.raises(AddressUnconfirmed) as refused:
            open_for(EMAIL)
        assert refused.value.field == "owner_email"
        assert not Merchant.objects.filter(slug="paper").exists()

    def test_a_new_password_by_letter_shows_whose_it_is(self, registered):
        set_a_new_password(registered)
        assert EmailAddress.objects.get(email=EMAIL).verified
        assert open_for(EMAIL).slug == "paper"

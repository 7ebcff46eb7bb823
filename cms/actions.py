"""Pages: verbs. What is done in Wagtail's editor is noted by its hooks (wagtail_hooks.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.errors import FormGone, NothingToUndo
from cms.merchant.models import Message, ShopCampaign, ShopHome
from cms.pictures import make_widths
from cms.platform.models import MarketCampaign, MarketHome
from cms.schedule import arrange, shop_here
from cms.starters import blocks_of, campaign_blocks, campaign_titles, picture_of, starter
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from tenants.accounts.models import User
from tenants.tenancy.models import Merchant

MOST_LINE, MOST_TEXT = 200, 4000


BORN_AS = "Our shop"  # what the migration that makes a shop's first page calls it


def home_here() -> Any:
    """The first page of this tree, as its newest draft; a shop's carries the shop's name unless an editor gave it another."""
    live = (ShopHome if shop_here() else MarketHome).objects.get()
    draft = live.get_latest_revision_as_object()
    if shop_here() and draft.title_en == BORN_AS:
        names = Merchant.objects.values_list("names", flat=True).get(pk=shop_here())
        draft.title, draft.title_en = names.get("zh-hans") or draft.title, names.get("en", "")
    return draft


@verb
def note_on_page(*, by: Actor, page: Page, action: str) -> None:
    """Write into the log what an editor did with a page: `action` is page.published, page.scheduled, page.unpublished or page.deleted."""
    with transaction.atomic():
        facts = {"title": page.title, "slug": page.slug, "from": page.go_live_at, "until": page.expire_at}
        audit(by=by, action=action, subject="page", subject_id=page.pk, merchant_id=shop_here(), after=facts)


@verb
def decorate(*, by: Actor, code: str) -> Any:
    """A draft of the shop's first page from a starter; what is shown stays until the draft is published. Raises KeyError for an unknown one."""
    chosen = starter(code)
    with transaction.atomic():
        home = home_here()
        home.blocks = blocks_of(chosen, picture_of(code))
        _keep_draft(by, home)
        audit(by=by, action="page.drafted", subject="page", subject_id=home.pk, merchant_id=shop_here(), after={"template": code})
    return home


@verb
def begin_campaign(*, by: Actor) -> Any:
    """A campaign page to begin with, as a draft below the first page."""
    with transaction.atomic():
        home = (ShopHome if shop_here() else MarketHome).objects.get()
        kind = ShopCampaign if shop_here() else MarketCampaign
        number = kind.objects.count() + 1
        slugs = set(Page.objects.child_of(home).values_list("slug", flat=True))
        while f"campaign-{number}" in slugs:
            number += 1
        chinese, english = campaign_titles(number)
        page = kind(title=chinese, title_en=english, slug=f"campaign-{number}", live=False)
        page.blocks = campaign_blocks(picture_of("campaign"))  # type: ignore[assignment]
        home.add_child(instance=page)
        _keep_draft(by, page)
        audit(by=by, action="page.drafted", subject="page", subject_id=page.pk, merchant_id=shop_here(), after={"template": "campaign", "slug": page.slug})
    return page


@verb
def publish_draft(*, by: Actor) -> Any:
    """Show the newest draft of the first page."""
    with transaction.atomic():
        home = home_here()
        publish(home, by)
        note_on_page(by=by, page=home, action="page.published")
    return home


@verb
def undo_draft(*, by: Actor) -> Any:
    """The first page's draft as it was one version ago; nothing is shown before it is published. Raises NothingToUndo."""
    with transaction.atomic():
        home = (ShopHome if shop_here() else MarketHome).objects.get()
        versions = list(home.revisions.order_by("-created_at", "-pk")[:2])
        if not versions or not home.has_unpublished_changes:
            raise NothingToUndo
        before = versions[1].as_object() if len(versions) > 1 else home
        _keep_draft(by, before)
        if [stream.get_prep_value() for stream in before.streams] == [stream.get_prep_value() for stream in home.streams]:
            type(home).objects.filter(pk=home.pk).update(has_unpublished_changes=False)  # what is shown is the draft again
        audit(by=by, action="page.undone", subject="page", subject_id=home.pk, merchant_id=shop_here())
    return before


def publish(page: Any, by: Actor) -> None:
    """Show a page as it is in memory, or keep it for its date; its pictures are made in their widths, its dates are watched."""
    make_widths(page)
    page.save_revision(user=_user(by), log_action=True).publish(user=_user(by), skip_permission_checks=True)
    arrange()


def _keep_draft(by: Actor, page: Any) -> None:
    make_widths(page)
    page.save_revision(user=_user(by), log_action=True)


def _user(by: Actor) -> User | None:
    return User.objects.filter(pk=by.user_id).first() if by.user_id else None


@verb
def send_message(*, by: Actor, key: UUID, page_id: int, block_id: str, said: Mapping[str, str], language: str) -> Message | None:
    """Keep what was sent through a form of a page that is shown. The same key again: the message that is there.

    A filled trap, which no reader sees, is taken for a program's: nothing is kept, and None. Raises FormGone, InvalidInput.
    """
    page = Page.objects.live().filter(pk=page_id).specific().first()
    form = next((child.value for stream in getattr(page, "streams", []) for child in stream if child.id == block_id and child.block_type == "form"), None)
    if page is None or form is None:
        raise FormGone
    answers = [_answer(n, question, said.get(f"q{n}", "")) for n, question in enumerate(form["questions"])]
    if said.get("website"):
        return None
    with transaction.atomic():
        facts = {"page_id": page_id, "page_title": page.title, "answers": answers, "language": language, "sender": by.label if by.user_id else ""}
        message, made = Message.objects.get_or_create(pk=key, defaults=facts)
        if made:
            audit(by=by, action="message.sent", subject="message", subject_id=key, merchant_id=shop_here(), after={"page": page.title})
    return message


def _answer(number: int, question: Any, text: str) -> list[str]:
    """The question as it was shown and what was answered. Raises InvalidInput."""
    label, kind = localised(question["label"].texts).text, question["kind"]
    text = text.strip()
    if question["required"] and not text:
        raise InvalidInput(field=f"q{number}", why=_("“{question}” has to be answered. Go back and fill it in.").format(question=label))
    if len(text) > (MOST_TEXT if kind == "text" else MOST_LINE):
        raise InvalidInput(field=f"q{number}", why=_("The answer to “{question}” is too long. Go back and shorten it.").format(question=label))
    if kind == "email" and text:
        try:
            validate_email(text)
        except ValidationError as wrong:
            raise InvalidInput(field=f"q{number}", why=_("“{text}” is no e-mail address. Go back and correct it.").format(text=text)) from wrong
    return [label, "✓" if kind == "tick" and text else text]

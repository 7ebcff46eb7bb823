"""What visitors looked for, kept so that nothing about a person can be read from it, and proposed to others only where enough different ones asked.

The rule, in full, stands in docs/decisions/search.md. Where something changes here, it changes there.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.db.models import Count
from django.utils.crypto import salted_hmac

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from search.contract import Query
from search.models import AskedWords
from search.suggestions.entries import norm_of
from search.tokens import folded

VISITORS = 5  # different ones, before anybody else is shown what they asked for
KEPT_DAYS = 30  # after the last time
SHORTEST, LONGEST = 2, 40  # characters
MOST_WORDS = 6
MOST_DIGITS, MOST_IN_A_ROW = 6, 4
MOST_PROPOSED = 500

_WEB_OR_MAIL = re.compile(r"@|://|www\.|\.(?:com|cn|net|org)\b")
_ADDRESS = re.compile(
    r"\d\s*(?:号|號|栋|棟|幢|单元|單元|室|楼|樓|弄)|[省市区區县縣].*[路街镇鎮乡鄉村道巷]"
    r"|\b\d+\s+(?:\w+\s+)+(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|square|court)\b"
)
_DIGITS = re.compile(rf"\d[\d\s.-]{{{MOST_IN_A_ROW - 1},}}\d")  # telephone, card and order numbers, however they are parted


def may_be_kept(text: str) -> bool:
    """Whether these words may be noted at all: nothing that looks like an address, a number of somebody's, a mail or web address."""
    if not SHORTEST <= len(text) <= LONGEST or len(text.split()) > MOST_WORDS or not norm_of(text):
        return False
    if sum(c.isdigit() for c in text) > MOST_DIGITS or _DIGITS.search(text):
        return False
    return not (_WEB_OR_MAIL.search(text) or _ADDRESS.search(text))


@verb
def note_asked(*, by: Actor, text: str) -> None:
    """That somebody looked for these words and found something. Words that may not be kept are dropped; the second time in a day writes nothing."""
    words = " ".join(folded(text, LONGEST * 2).split())
    who = str(by.user_id or by.address)
    if not who or not may_be_kept(words) or not may_be_kept(" ".join(text.split()).casefold()):
        return
    visitor = salted_hmac("wanshang.search.asked", f"{words}\n{who}", algorithm="sha256").hexdigest()[:16]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.search_askedwords AS old (text, visitor, day) VALUES (%s, %s, %s)"
            " ON CONFLICT (text, visitor) DO UPDATE SET day = excluded.day WHERE old.day < excluded.day",
            [words, visitor, clock.now().date()],
        )


def forget_old() -> None:
    AskedWords.objects.filter(day__lt=clock.now().date() - timedelta(days=KEPT_DAYS)).delete()


def asked_by_enough() -> list[tuple[str, int]]:
    """Words that enough different visitors asked for and that still find something, with how many asked; the most asked for first."""
    # Whoever calls this keeps the index, which depends on nothing here.
    from search.find import postgres

    since = clock.now().date() - timedelta(days=KEPT_DAYS)
    rows = AskedWords.objects.filter(day__gte=since).values_list("text").annotate(visitors=Count("visitor", distinct=True)).filter(visitors__gte=VISITORS)
    found = []
    for text, visitors in rows.order_by("-visitors", "text")[:MOST_PROPOSED]:
        answer = postgres.search(Query(text=text, size=1, as_typed=True))
        if answer.total and not answer.rung:
            found.append((text, visitors))
    return found

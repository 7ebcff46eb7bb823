"""What was searched for, and what came of it: figures for the operator, kept by the rule of suggestions/asked.py.

Each visitor counts once a day for a text, so no habit and nobody's persistence can be read from the figures; texts that may hold something about
a person are not noted; digests, days and texts are gone 30 days after the last time; and only what enough different visitors asked for is shown.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from search.contract import Answer
from search.models import SearchedBy, SearchedDay, SearchedWords
from search.suggestions.asked import KEPT_DAYS, LONGEST, VISITORS, may_be_kept
from search.tokens import folded

FEW = 3  # listings: fewer than that are hardly a choice
FIGURES = ("nothing", "few", "otherwise", "relaxed")
_SPACE = UUID("7c1e0a52-90f5-4d3b-8f41-6f0f4f3f9a10")
# One statement. Whoever asked for it today already adds nothing.
_NOTE = """
    WITH asked AS (
        INSERT INTO public.search_searchedby AS old (words_id, visitor, day) VALUES (%(id)s, %(visitor)s, %(day)s)
        ON CONFLICT (words_id, visitor) DO UPDATE SET day = excluded.day WHERE old.day < excluded.day RETURNING (xmax = 0)::int AS is_new
    ), words AS (
        INSERT INTO public.search_searchedwords AS old (id, text, language, visitors, times, nothing, few, otherwise, relaxed, last_on)
        SELECT %(id)s, %(text)s, %(language)s, is_new, 1, %(nothing)s, %(few)s, %(otherwise)s, %(relaxed)s, %(day)s FROM asked
        ON CONFLICT (id) DO UPDATE SET visitors = old.visitors + excluded.visitors, times = old.times + 1, nothing = old.nothing + excluded.nothing,
            few = old.few + excluded.few, otherwise = old.otherwise + excluded.otherwise, relaxed = old.relaxed + excluded.relaxed,
            last_on = excluded.last_on
    )
    INSERT INTO public.search_searchedday AS old (words_id, day, times, nothing, few, otherwise, relaxed)
    SELECT %(id)s, %(day)s, 1, %(nothing)s, %(few)s, %(otherwise)s, %(relaxed)s FROM asked
    ON CONFLICT (words_id, day) DO UPDATE SET times = old.times + 1, nothing = old.nothing + excluded.nothing, few = old.few + excluded.few,
        otherwise = old.otherwise + excluded.otherwise, relaxed = old.relaxed + excluded.relaxed
"""


@verb
def note_searched(*, by: Actor, text: str, language: str, answer: Answer) -> None:
    """That somebody searched for these words on a page in this language, with nothing else chosen, and what came of it."""
    words = " ".join(folded(text, LONGEST * 2).split())
    who = str(by.user_id or by.address)
    if not who or not may_be_kept(words) or not may_be_kept(" ".join(text.split()).casefold()):
        return
    visitor = salted_hmac("wanshang.search.searched", f"{language}\n{words}\n{who}", algorithm="sha256").hexdigest()[:16]
    facts: dict[str, Any] = {
        "nothing": int(not answer.total),
        "few": int(0 < answer.total < FEW),
        "otherwise": int(bool(answer.read_as)),
        "relaxed": int(answer.rung > 0),
    }
    facts |= {"id": uuid5(_SPACE, f"{language}\n{words}"), "text": words, "language": language, "visitor": visitor, "day": clock.now().date()}
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, facts)


def searched_by_enough() -> QuerySet[SearchedWords]:
    """What may be shown: texts that enough different visitors searched for in the days that are kept."""
    return SearchedWords.objects.filter(visitors__gte=VISITORS)


def forget_old_searches() -> None:
    """Duty: what is older than the days that are kept goes, and figures say again what is left."""
    since = clock.now().date() - timedelta(days=KEPT_DAYS)
    with transaction.atomic():
        old = set(SearchedBy.objects.filter(day__lt=since).values_list("words_id", flat=True))
        old |= set(SearchedDay.objects.filter(day__lt=since).values_list("words_id", flat=True))
        # In the order of keys, as nobody else holds several.
        keys = list(SearchedWords.objects.filter(Q(pk__in=old) | Q(last_on__lt=since)).order_by("pk").select_for_update().values_list("pk", flat=True))
        SearchedBy.objects.filter(day__lt=since).delete()
        SearchedDay.objects.filter(day__lt=since).delete()
        SearchedWords.objects.filter(pk__in=keys, last_on__lt=since).delete()
        left = SearchedDay.objects.filter(words=OuterRef("pk")).order_by().values("words")
        sums = {name: Coalesce(Subquery(left.annotate(sum=Sum(name)).values("sum")), 0) for name in ("times", *FIGURES)}
        visitors = SearchedBy.objects.filter(words=OuterRef("pk")).order_by().values("words").annotate(count=Count("pk")).values("count")
        SearchedWords.objects.filter(pk__in=keys).update(visitors=Coalesce(Subquery(visitors), 0), **sums)


def between(rows: QuerySet[SearchedWords], since: date | None, until: date | None) -> QuerySet[SearchedWords]:
    """Those searched for from a day to a day, both included, with the figures of these days as `of_times`, `of_nothing` and so on."""
    if since is None and until is None:
        return rows.annotate(**{f"of_{name}": F(name) for name in ("times", *FIGURES)})
    within = Q(days__day__gte=since or date.min, days__day__lte=until or date.max)
    return rows.annotate(**{f"of_{name}": Coalesce(Sum(f"days__{name}", filter=within), 0) for name in ("times", *FIGURES)}).filter(Q(of_times__gt=0))

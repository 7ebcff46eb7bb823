"""Accounts that may be one person's twice: looked for every day, shown to the operator, who merges them or sets the pair aside."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

from django.db import connection, transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import NotFound
from marketplace.kernel.verbs import verb
from marketplace.platform.members.models import Double

MOST_OF_A_KIND = 20  # accounts with the same mark: more are a dormitory or a forwarder, not a person
MOST_FOUND = 2000  # pairs of one run
ONE_SEARCH = 0x444F5542  # advisory lock: "DOUB"

# Each gives keys of accounts that share a mark, some to a row. Only open accounts count.
_MARKS = {
    Double.Why.PHONE: """
        SELECT array_agg(DISTINCT person ORDER BY person) FROM (
            SELECT user_id AS person, phone FROM platform_members_profile WHERE phone <> ''
            UNION SELECT user_id, phone FROM platform_members_address
        ) AS phones JOIN accounts_user ON id = person AND is_active GROUP BY phone
        HAVING count(DISTINCT person) BETWEEN 2 AND %s LIMIT %s
    """,
    # Without what follows a plus, and at Google without dots, which mean nothing there.
    Double.Why.EMAIL: """
        SELECT array_agg(id ORDER BY id) FROM accounts_user, LATERAL (
            SELECT regexp_replace(split_part(lower(email), '@', 1), '\\+.*$', '') AS box,
                   replace(split_part(lower(email), '@', 2), 'googlemail.', 'gmail.') AS host
        ) AS parts WHERE is_active GROUP BY CASE WHEN host = 'gmail.com' THEN replace(box, '.', '') ELSE box END, host
        HAVING count(*) BETWEEN 2 AND %s LIMIT %s
    """,
    Double.Why.PLACE: """
        SELECT array_agg(DISTINCT user_id ORDER BY user_id) FROM platform_members_address JOIN accounts_user ON accounts_user.id = user_id AND is_active
        GROUP BY lower(replace(recipient, ' ', '')), province, city, lower(replace(street, ' ', ''))
        HAVING count(DISTINCT user_id) BETWEEN 2 AND %s LIMIT %s
    """,
}


def _marked_pairs() -> dict[tuple[UUID, UUID], list[str]]:
    """What speaks for each pair; one search at a time, so that two do not both find the same pair new."""
    marks: dict[tuple[UUID, UUID], list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEARCH])
        for why, sql in _MARKS.items():
            cursor.execute(sql, [MOST_OF_A_KIND, MOST_FOUND])
            for (people,) in cursor.fetchall():
                for pair in combinations(sorted(people), 2):
                    marks.setdefault(pair, []).append(str(why))
    return marks


@verb
def find_doubles(*, by: Actor) -> int:
    """Look for pairs, the whole market over. A pair that was set aside stays aside unless something new speaks for it. Returns how many are new."""
    new = 0
    with transaction.atomic():
        marks = _marked_pairs()
        known = {(row.first_id, row.second_id): row for row in Double.objects.select_for_update(of=("self",))}
        for pair, reasons in list(marks.items())[:MOST_FOUND]:
            row = known.get(pair)
            if row is None:
                Double.objects.create(first_id=pair[0], second_id=pair[1], reasons=reasons)
                new += 1
            elif row.reasons != reasons:
                if set(reasons) - set(row.reasons):
                    row.set_aside_at, row.set_aside_by = None, ""
                row.reasons = reasons
                row.save(update_fields=["reasons", "set_aside_at", "set_aside_by"])
        Double.objects.filter(pk__in=[row.pk for pair, row in known.items() if pair not in marks and row.set_aside_at is None]).delete()
    return new


def double_with(double_id: UUID) -> Double:
    """Raises NotFound."""
    row = Double.objects.select_related("first", "second").filter(pk=double_id).first()
    if row is None:
        raise NotFound
    return row


@verb
def set_double_aside(*, by: Actor, double_id: UUID, is_aside: bool) -> Double:
    """They are two people after all; or, undone, perhaps they are not. Safe to repeat. Raises NotFound."""
    with transaction.atomic():
        row = Double.objects.select_for_update(of=("self",)).filter(pk=double_id).first()
        if row is None:
            raise NotFound
        if is_aside != (row.set_aside_at is not None):
            row.set_aside_at, row.set_aside_by = (clock.now(), by.label) if is_aside else (None, "")
            row.save(update_fields=["set_aside_at", "set_aside_by"])
            pair = {"first": str(row.first_id), "second": str(row.second_id)}
            before, after = {"is_aside": not is_aside}, {"is_aside": is_aside, **pair}
            if is_aside:
                audit(by=by, action="double.set_aside", subject="double", subject_id=row.pk, before=before, after=after)
            else:
                audit(by=by, action="double.taken_up", subject="double", subject_id=row.pk, before=before, after=after)
    return row

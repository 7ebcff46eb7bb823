"""What is told of evaluations of shops."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from marketplace.platform.notices.catalogue.making import for_shop
from marketplace.platform.notices.examples import AT, REASON, SHOP
from marketplace.platform.notices.kinds import Kind

DAYS = {"first": AT, "last": AT}
PERIOD = _("It is about the orders from {first} to {last}.")
SAYS = _("The market says: {reason}")
REMARK = {"name": SHOP, "reason": REASON, **DAYS}

KINDS: list[Kind] = [
    for_shop(
        "evaluation_made",
        pgettext_lazy("notice", "Shop evaluated"),
        _("“{name}” was graded {grade}"),
        [PERIOD, _("Each figure stands in the workbench beside its limits.")],
        facts={"name": SHOP, "grade": "A", **DAYS},
        needed=frozenset({"grade"}),
    ),
    for_shop(
        "evaluation_praise", pgettext_lazy("notice", "Praise"), _("The market praises “{name}”"), [SAYS, PERIOD], facts=REMARK, needed=frozenset({"reason"})
    ),
    for_shop(
        "evaluation_warning",
        pgettext_lazy("notice", "Warning"),
        _("The market warns “{name}”"),
        [SAYS, PERIOD, _("If it stays like this, the market may deduct from the deposit or suspend the shop.")],
        facts=REMARK,
        needed=frozenset({"reason"}),
    ),
]

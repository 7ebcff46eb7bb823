"""What a search is sorted by, in words for buyers: what this installation weighs (docs/settings.md) and nothing else."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.kernel.formats import format_list
from search.contract import Query
from search.words import Shares


def counts_as_well(query: Query) -> str:
    """What counts besides the words, listed; "" for nothing."""
    shares = Shares.now()
    known = [
        (shares.stock, _("whether it is in stock")),
        (shares.rating, _("how it is rated")),
        (shares.shop, _("how its shop is rated")),
        (shares.sales, _("how often it is bought")),
        (shares.new, _("how new it is")),
        (shares.liked and (query.liked_categories or query.liked_brands), _("what you looked at and bought")),
    ]
    return format_list([words for share, words in known if share])

"""Forms about goods: what they are, what they cost, and what lies in stock."""

from __future__ import annotations

from tests.architecture.custom_forms import FORMS_OF_CUSTOMISING
from tests.architecture.import_forms import FORMS_OF_IMPORTS
from tests.architecture.listing_forms import FORMS_OF_LISTING
from tests.architecture.price_forms import FORMS_OF_PRICES
from tests.architecture.shelf_forms import FORMS_OF_SHELVES
from tests.architecture.stock_forms import FORMS_OF_STOCK
from tests.architecture.taxonomy_forms import FORMS_OF_TAXONOMY
from tests.architecture.variant_forms import FORMS_OF_VARIANTS
from tests.architecture.virtual_forms import FORMS_OF_VIRTUAL

FORMS_OF_WARES = {
    **FORMS_OF_PRICES,
    **FORMS_OF_LISTING,
    **FORMS_OF_STOCK,
    **FORMS_OF_TAXONOMY,
    **FORMS_OF_IMPORTS,
    **FORMS_OF_VARIANTS,
    **FORMS_OF_SHELVES,
    **FORMS_OF_CUSTOMISING,
    **FORMS_OF_VIRTUAL,
}

"""Choosing goods, categories, brands and shops in the page editor: public rows, found by their names in any language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.blocks import ChooserBlock

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, Category
from tenants.tenancy.link import connection
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import current_merchant_id
from tenants.tenancy.standing import FOUND

NAMES = {Listing: "titles"}


def name_of(thing: Any) -> str:
    return localised(getattr(thing, NAMES.get(type(thing), "names"))).text


def on_offer(model: type[Model]) -> QuerySet[Any]:
    """What may be chosen here: a shop chooses among its own goods, the market among everything that is open."""
    if model is Listing:
        goods = Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).order_by("-published_at", "pk")
        return goods if connection.schema_name == "public" else goods.filter(merchant_id=current_merchant_id())
    if model is Merchant:
        return Merchant.objects.filter(status__in=FOUND).order_by("-opened_at", "pk")
    return model._default_manager.filter(merged_into=None).order_by("pk")


class WordFilter(BaseFilterForm):
    """What somebody types into a chooser's field of search."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Search")}))

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        self.search_query = text = self.cleaned_data.get("q", "").strip()
        if not text:
            return objects
        self.is_searching = True
        return self.with_words(objects, text)

    def with_words(self, objects: QuerySet[Any], text: str) -> QuerySet[Any]:
        raise NotImplementedError


class NameFilter(WordFilter):
    def with_words(self, objects: QuerySet[Any], text: str) -> QuerySet[Any]:
        names = NAMES.get(objects.model, "names")
        return objects.filter(Q(**{f"{names}__zh-hans__icontains": text}) | Q(**{f"{names}__en__icontains": text}))


class Choosing:
    filter_form_class = NameFilter
    model_class: Any

    def get_object_list(self) -> QuerySet[Any]:
        return on_offer(self.model_class)

    def can_create(self) -> bool:
        return False

    @property
    def title_column(self) -> TitleColumn:
        column: TitleColumn = super().title_column  # type: ignore[misc]
        column.accessor = name_of
        return column


class Chosen:
    model_class: Any

    def get_object(self, pk: str) -> Any:
        return self.get_objects([pk]).get()

    def get_objects(self, pks: Iterable[str]) -> QuerySet[Any]:
        return on_offer(self.model_class).filter(pk__in=[pk for pk in pks if is_key(self.model_class, pk)])

    def get_display_title(self, thing: Any) -> str:
        return name_of(thing)

    def get_edit_item_url(self, thing: Any) -> None:
        return None


def is_key(model: type[Model], text: Any) -> bool:
    """Whether a text can be a key of the model at all."""
    try:
        model._meta.pk.to_python(text)
    except (forms.ValidationError, ValueError, TypeError):
        return False
    return True


class Choose(Choosing, views.ChooseView):
    pass


class ChooseResults(Choosing, views.ChooseResultsView):
    pass


class ChosenOne(Chosen, views.ChosenView):
    pass


class ChosenMany(Chosen, views.ChosenMultipleView):
    pass


class NamedChooser(BaseChooser):
    show_edit_link = False

    def get_display_title(self, instance: Any) -> str:
        return name_of(instance)

    def get_value_data_from_instance(self, instance: Any) -> dict[str, Any]:
        return {"id": str(instance.pk), "edit_url": None, self.display_title_key: name_of(instance)}


class KeyBlock(ChooserBlock):
    """A block that stores a key, also one that JSON writes as text, and reads the rows of a whole page at once."""

    def key(self, value: Any) -> Any:
        return UUID(str(value)) if self.model_class in (Listing, Merchant) else value

    def to_python(self, value: Any) -> Any:
        return self.bulk_to_python([value])[0]

    def bulk_to_python(self, values: Iterable[Any]) -> list[Any]:
        keys = [self.key(value) if value and is_key(self.model_class, value) else None for value in values]
        rows = self.model_class._default_manager.all()
        found = (rows.select_related("merchant") if self.model_class is Listing else rows).in_bulk([key for key in keys if key is not None])
        return [found.get(key) for key in keys]

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value.pk) if isinstance(value.pk, UUID) else value.pk

    def extract_references(self, value: Any) -> Iterable[Any]:
        """None: the index of references counts rows of this schema only."""
        return ()


class NamedViewSet(ChooserViewSet):
    choose_view_class, choose_results_view_class = Choose, ChooseResults
    chosen_view_class, chosen_multiple_view_class = ChosenOne, ChosenMany
    base_widget_class, base_block_class = NamedChooser, KeyBlock
    per_page = 12

    def on_register(self) -> None:
        """No entry in the menu."""


goods = NamedViewSet("goods_chooser", model=Listing, icon="tag", choose_one_text=_("Choose a product"), choose_another_text=_("Choose another product"))
categories = NamedViewSet(
    "category_chooser", model=Category, icon="folder-open-inverse", choose_one_text=_("Choose a category"), choose_another_text=_("Choose another category")
)
brands = NamedViewSet("brand_chooser", model=Brand, icon="site", choose_one_text=_("Choose a brand"), choose_another_text=_("Choose another brand"))
shops = NamedViewSet("shop_chooser", model=Merchant, icon="home", choose_one_text=_("Choose a shop"), choose_another_text=_("Choose another shop"))
ALL = [goods, categories, brands, shops]

ProductBlock = goods.get_block_class(name="ProductBlock", module_path="cms.choosers")
CategoryBlock = categories.get_block_class(name="CategoryBlock", module_path="cms.choosers")
BrandBlock = brands.get_block_class(name="BrandBlock", module_path="cms.choosers")
ShopBlock = shops.get_block_class(name="ShopBlock", module_path="cms.choosers")

"""Virtual categories in the console: the list, and one with its rule, how much it finds now, and what a buyer would see first."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.uploads import clean_picture, read_upload
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.errors import VirtualUnknown
from marketplace.platform.taxonomy.models import VirtualCategory
from marketplace.platform.taxonomy.queries import find_categories, path_name
from marketplace.platform.taxonomy.tree import LONGEST_NAME
from marketplace.platform.taxonomy.virtual import LONGEST_TEXT, clean_rule, keep_virtual, remove_virtual
from marketplace.web.rule_form import LINES, RuleForm, called, said_of
from search.by_rule import query_of
from search.contract import Sort
from search.find import find
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import FOUND

SIDE = 600  # pixels of a picture
SHOWN = 8  # goods of the preview


class VirtualForm(RuleForm):
    IN_RULE = RuleForm.IN_RULE | {"shops"}
    field_order = ("seen", "name_zh", "name_en", "code", "position", "text_zh", "text_en", "picture", "is_shown", "in_menu")

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    code = forms.CharField(label=_lazy("Address"), max_length=60, help_text=_lazy("Small letters, digits and hyphens; it stays"))
    text_zh = forms.CharField(label=_lazy("A sentence in Chinese"), max_length=LONGEST_TEXT, required=False)
    text_en = forms.CharField(label=_lazy("A sentence in English"), max_length=LONGEST_TEXT, required=False)
    picture = forms.FileField(
        label=_lazy("Picture"),
        required=False,
        help_text=_lazy("JPEG, PNG or WebP, up to 10 MB"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    is_shown = forms.BooleanField(label=_lazy("Buyers can open it"), required=False)
    in_menu = forms.BooleanField(label=_lazy("It stands in the menu and on the page of all categories"), required=False)
    position = forms.IntegerField(label=_lazy("Place in the list"), min_value=0, max_value=9999, required=False)
    shops = forms.CharField(
        label=_lazy("Of one of these shops"), required=False, max_length=3000, widget=LINES, help_text=_lazy("One name or web address a line")
    )

    def __init__(self, *args: Any, row: VirtualCategory | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None:
            self.fields["code"].disabled = True

    def clean_shops(self) -> list[int]:
        return self.keys_said("shops", lambda word: Merchant.objects.filter(called(word) | Q(slug=word), status__in=FOUND).values_list("ordinal", flat=True))

    def rule(self) -> dict[str, Any]:
        return super().rule() | {"shops": self.cleaned_data["shops"]}


def virtual_list(request: HttpRequest) -> HttpResponse:
    rows = list(VirtualCategory.objects.order_by("position", "id"))
    counted = [(row, find(query_of(row.rule).but(size=1)).total) for row in rows]
    return render(request, "operator/virtual_list.html", {"title": _("Virtual categories"), "rows": counted})


def virtual_new(request: HttpRequest) -> HttpResponse:
    return _virtual_page(request, None)


def virtual(request: HttpRequest, virtual_id: int) -> HttpResponse:
    row = VirtualCategory.objects.filter(pk=virtual_id).first()
    if row is None:
        raise VirtualUnknown
    return _virtual_page(request, row)


def _virtual_page(request: HttpRequest, row: VirtualCategory | None) -> HttpResponse:
    """`then=look` shows what the rule finds and keeps nothing; choosing a category is a look, too."""
    currency = request.market.currency  # type: ignore[attr-defined]
    then = request.POST.get("then", "")
    if request.method != "POST":
        form = VirtualForm(initial=_kept(row, currency), currency=currency, row=row)
    else:
        form = VirtualForm(request.POST, request.FILES, initial=_kept(row, currency), currency=currency, row=row)
    rule: dict[str, Any] | None = row.rule if row is not None and request.method != "POST" else None
    if request.method == "POST":
        form.is_valid()
        try:
            if form.has_rule:
                rule = clean_rule(form.rule())
            if then != "look" and not form.errors and rule is not None:
                saved = _keep(request, form, row, rule)
                messages.success(request, _("Kept. Its page follows at once."))
                return HttpResponseRedirect(f"/virtual-categories/{saved.pk}/")
        except MarketError as refusal:
            if then != "look":
                field = {"names": "name_zh"}.get(refusal.field or "", refusal.field)
                form.add_error(field if field in form.fields and field != "category" else None, str(refusal))
        if then == "look":
            form.errors.clear()
    answer = find(query_of(rule).but(size=SHOWN)) if rule else None
    listings = Listing.objects.select_related("merchant").in_bulk(answer.ids) if answer else {}
    text = request.POST.get("q", "")
    context = {
        "title": row.name if row else _("New virtual category"),
        "row": row,
        "form": form,
        "chosen_path": path_name(form.chosen) if form.chosen else "",
        "q": text,
        "found": [(one, path_name(one)) for one in find_categories(text)],
        "answer": answer,
        "listings": [listings[key] for key in answer.ids if key in listings] if answer else [],
        "address": market_url(f"/v/{row.code}/") if row else "",
    }
    return render(request, "operator/virtual.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, form: VirtualForm, row: VirtualCategory | None, rule: dict[str, Any]) -> VirtualCategory:
    data = form.cleaned_data
    fields: dict[str, Any] = {
        "names": {"zh-hans": data["name_zh"], "en": data["name_en"]},
        "texts": {"zh-hans": data["text_zh"], "en": data["text_en"]},
        "rule": rule,
        "is_shown": data["is_shown"],
        "in_menu": data["in_menu"],
    }
    if data["position"] is not None:
        fields["position"] = data["position"]
    if data["picture"]:
        fields["picture"] = _stored(data["picture"])
    kept: VirtualCategory = keep_virtual(
        by=actor_of(request), virtual_id=row.pk if row else None, seen=data["seen"] or 0, code=data["code"] if row is None else row.code, fields=fields
    )
    return kept


def _kept(row: VirtualCategory | None, currency: str) -> dict[str, Any]:
    if row is None:
        return {"sort": Sort.RELEVANCE}
    shops = Merchant.objects.filter(ordinal__in=row.rule.get("shops", []))
    return {
        "seen": row.version,
        "name_zh": row.names.get("zh-hans", ""),
        "name_en": row.names.get("en", ""),
        "code": row.code,
        "text_zh": row.texts.get("zh-hans", ""),
        "text_en": row.texts.get("en", ""),
        "is_shown": row.is_shown,
        "in_menu": row.in_menu,
        "position": row.position,
        "shops": "\n".join(shop.slug for shop in shops),
        **said_of(row.rule, currency),
    }


def virtual_remove(request: HttpRequest, virtual_id: int) -> HttpResponse:
    seen = request.POST.get("seen", "")
    remove_virtual(by=actor_of(request), virtual_id=virtual_id, seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0)
    messages.success(request, _("Removed. Its goods are not touched."))
    return HttpResponseRedirect("/virtual-categories/")


def _stored(upload: IO[bytes]) -> str:
    """The key in public media; the name follows from the content. Raises InvalidInput."""
    clean = clean_picture(read_upload(upload, "picture"), "picture", longest_side=SIDE, to="WEBP")
    key = f"categories/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return f"public/{key}"

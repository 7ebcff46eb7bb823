"""The look of the shop: colours, title face, shape, logo and banner, seen before they are kept, and undone afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.themes.actions import Chosen, checked, chosen_of, go_back_to, set_theme, store_theme_picture
from marketplace.platform.themes.models import Look, Theme
from marketplace.platform.themes.queries import revisions_of
from tenants.access.actors import actor_of

SAID = ("brand", "band", "face", "shape", "grid")


@dataclass(frozen=True)
class Palette:
    """Colours that go together, to begin with."""

    name: str | Promise
    brand: str
    band: str
    face: str
    shape: str

    @property
    def query(self) -> str:
        return urlencode({name: getattr(self, name) for name in ("brand", "band", "face", "shape")})


PALETTES = [
    Palette(pgettext_lazy("palette", "Moss and clay"), "#566b3a", "#e9e4d6", "serif", "soft"),
    Palette(pgettext_lazy("palette", "Amber and pine"), "#9a5a12", "#23302e", "sans", "round"),
    Palette(pgettext_lazy("palette", "Ink and paper"), "#20262b", "#dfe2e4", "sans", "sharp"),
    Palette(pgettext_lazy("palette", "Sea"), "#14607a", "#d9ebef", "sans", "soft"),
    Palette(pgettext_lazy("palette", "Plum"), "#7a3b73", "#f1e3ee", "serif", "soft"),
    Palette(pgettext_lazy("palette", "Berry"), "#b0336f", "#fbe3ec", "sans", "round"),
    Palette(pgettext_lazy("palette", "Indigo"), "#3c4fa0", "#e4e7f6", "serif", "sharp"),
    Palette(pgettext_lazy("palette", "Olive and night"), "#6b6a1d", "#2b2f3a", "sans", "sharp"),
]


def theme(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    kept = Theme.objects.filter(merchant=merchant).first()
    before = chosen_of(kept) if kept else Chosen()
    chosen = _chosen(request.POST if request.method == "POST" else request.GET, before)
    refusal: MarketError | None = None
    if request.method == "POST" and request.POST.get("then") == "save":
        try:
            chosen = _with_pictures(request, chosen)
            made = set_theme(by=actor_of(request), merchant_id=merchant.pk, chosen=chosen)
        except MarketError as why:
            refusal = why
        else:
            said = (
                _("Kept. Your shop looks like this now; the colour was adjusted to stay readable.")
                if made.was_adjusted
                else _("Kept. Your shop looks like this now.")
            )
            messages.success(request, said)
            return HttpResponseRedirect("/theme/")
    context = {
        "title": _("Look of the shop"),
        "chosen": chosen,
        "palettes": PALETTES,
        "choices": [(_("Titles"), "face", Look.Face.choices), (_("Corners"), "shape", Look.Shape.choices), (_("Goods"), "grid", Look.Grid.choices)],
        "revisions": revisions_of(merchant.pk),
        "now": kept.number if kept else None,
        "refusal": refusal,
        **_tried(chosen),
    }
    return _framing(render(request, "seller/theme.html", context, status=refusal.status if refusal else 200))


def trying(request: HttpRequest) -> HttpResponse:
    """The preview and what the guard says of it: the part of the page that changes while one chooses."""
    kept = Theme.objects.filter(merchant=request.merchant).first()  # type: ignore[attr-defined]
    return _framing(render(request, "seller/_theme_tried.html", _tried(_chosen(request.GET, chosen_of(kept) if kept else Chosen()))))


def undo(request: HttpRequest) -> HttpResponse:
    """The shop looks again as it did in an earlier revision."""
    number = request.POST.get("number", "")
    go_back_to(by=actor_of(request), merchant_id=request.merchant.pk, number=int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0)  # type: ignore[attr-defined]
    messages.success(request, _("The earlier look is back."))
    return HttpResponseRedirect("/theme/")


def _framing(response: HttpResponse) -> HttpResponse:
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response


def _chosen(said: Any, before: Chosen) -> Chosen:
    return replace(before, **{name: said[name].strip().lower() for name in SAID if name in said})


def _tried(chosen: Chosen) -> dict[str, Any]:
    try:
        dress = checked(chosen)
    except MarketError as why:
        return {"wrong": why}
    return {"dress": dress, "preview": f"/theme/preview/?{urlencode({name: getattr(chosen, name) for name in SAID})}"}


def _with_pictures(request: HttpRequest, chosen: Chosen) -> Chosen:
    """Raises InvalidInput."""
    for kind in ("logo", "banner"):
        if upload := request.FILES.get(kind):
            chosen = replace(chosen, **{kind: store_theme_picture(upload, kind)})
        elif request.POST.get(f"no_{kind}"):
            chosen = replace(chosen, **{kind: ""})
    return chosen

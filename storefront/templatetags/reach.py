"""What makes pages fast and findable: pictures in the width that fits."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from marketplace.kernel.renditions import WIDTHS, rendition_name, widths_of
from storefront.templatetags.market import media

register = template.Library()


@register.simple_tag(takes_context=True)
def picture(
    context: template.Context,
    key: str,
    *,
    width: int,
    height: int,
    alt: str = "",
    sizes: str = "",
    classes: str = "",
    eager: bool = False,
    eager_first: Any = 0,
    **attributes: str,
) -> SafeString:
    """A stored picture as <img>, in as many widths as there are of it. Its file is chosen by the browser: `sizes` says how wide it is shown
    (without it, as wide as `width`).

    `eager` is for the one picture a page is about: it is fetched first. In a loop `eager_first=4` fetches the first four without waiting
    for the scroll, and everything else is lazy. Other arguments are attributes: `id="photo"`, `data_full=…` for data-full.
    """
    loop: Any = context.get("forloop")
    is_early = eager or bool(eager_first and loop and loop["counter"] <= eager_first)
    given: dict[str, Any] = {"src": media(key), "alt": alt, "width": width, "height": height, "class": classes}
    if widths := widths_of(str(settings.MEDIA_ROOT), key):
        given["srcset"] = srcset(key, widths)
        given["sizes"] = sizes or f"{width}px"
        given["src"] = media(rendition_name(key, _at_least(widths, width))) if width <= widths[-1] else media(key)
    given |= {"fetchpriority": "high"} if eager else {} if is_early else {"loading": "lazy", "decoding": "async"}
    given |= {name.replace("_", "-"): value for name, value in attributes.items()}
    return format_html("<img{}>", format_html_join("", ' {}="{}"', ((name, value) for name, value in given.items() if value != "" or name == "alt")))


def srcset(key: str, widths: tuple[int, ...]) -> str:
    """The widths there are, and the picture itself for the next wider place, if it is not far too wide for any."""
    offers = [f"{media(rendition_name(key, width))} {width}w" for width in widths]
    wider = [width for width in WIDTHS if width > widths[-1]]
    return ", ".join(offers + ([f"{media(key)} {wider[0]}w"] if wider else []))


def _at_least(widths: tuple[int, ...], width: int) -> int:
    return next(wide for wide in widths if wide >= width)

"""What a list takes by POST at its own address, behind its own right: views, columns, density, exports. `do` says which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.platform.backoffice import actions
from marketplace.platform.backoffice.access import own_view
from marketplace.platform.backoffice.models import ListJob
from marketplace.web.lists.keyset import first_cursor
from marketplace.web.lists.views import address, kept_query
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.access.rules import RightMissing
from tenants.access.staff import whom_to_ask

if TYPE_CHECKING:
    from marketplace.web.lists.pages import ListPage

FORMATS = ("csv", "xlsx")
WHOLE = ":whole"  # behind the format: the list's other form


def take(page: ListPage, request: HttpRequest) -> HttpResponse:
    """Do what the form asks for and show the list again; a refusal is told above it, and changes nothing."""
    do = FORMS.get(request.POST.get("do", ""))
    try:
        if do is None or not page.name:
            raise InvalidInput(field="do", why=_("This list does not know what to do. Load it anew and try again."))
        return HttpResponseRedirect(do(page, request))
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_back(request))


def sharing_right(request: HttpRequest) -> Right | None:
    """The right to share views in this back office, if the person has it."""
    right = Right.SHARE_VIEWS if getattr(request, "merchant", None) else Right.SHARE_MARKET_VIEWS
    return right if request.user.has_perm(right.full_name) else None  # type: ignore[union-attr]


def _merchant_id(request: HttpRequest) -> UUID | None:
    merchant = getattr(request, "merchant", None)
    return merchant.pk if merchant else None


def _back(request: HttpRequest, **more: str) -> str:
    """The list as it was."""
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    for name in ("all", "removed"):
        query.pop(name, None)
    for name, value in more.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _key(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise InvalidInput(field=name, why=_("This form lacks its key. Load the list anew and try again.")) from None


def _here(request: HttpRequest) -> dict[str, Any]:
    return {"by": actor_of(request), "merchant_id": _merchant_id(request)}


def view_save(page: ListPage, request: HttpRequest) -> str:
    query = kept_query(request.POST.get("query", ""))
    view = actions.save_view(**_here(request), list_name=page.name, name=request.POST.get("name", ""), query=query)
    messages.success(request, _("The view “{name}” is kept.").format(name=view.name))
    return address(request.path, view)


def view_rename(page: ListPage, request: HttpRequest) -> str:
    view = actions.rename_view(**_here(request), view_id=_key(request, "view_id"), name=request.POST.get("name", ""))
    messages.success(request, _("The view is called “{name}” now.").format(name=view.name))
    return _back(request)


def view_default(page: ListPage, request: HttpRequest) -> str:
    on = request.POST.get("on") == "1"
    view = actions.set_default_view(**_here(request), view_id=_key(request, "view_id"), is_default=on)
    messages.success(request, (_("The list begins with “{name}” now.") if on else _("The list no longer begins with “{name}”.")).format(name=view.name))
    return _back(request)


def view_remove(page: ListPage, request: HttpRequest) -> str:
    """The list without the view, and a way back."""
    view = actions.remove_view(**_here(request), view_id=_key(request, "view_id"))
    return f"{request.path}?removed={view.pk}"


def view_restore(page: ListPage, request: HttpRequest) -> str:
    view = actions.restore_view(**_here(request), view_id=_key(request, "view_id"))
    return address(request.path, view)


def columns(page: ListPage, request: HttpRequest) -> str:
    """In the order of their numbers; without `keep`, as the list comes."""
    known = {column.key for column in page.columns if column.key}
    wanted = [key for key in dict.fromkeys(request.POST.getlist("column")) if key in known] if "keep" in request.POST else []
    places = {key: request.POST.get(f"place_{key}", "") for key in wanted}
    wanted.sort(key=lambda key: int(places[key]) if places[key].isdigit() else 99)
    actions.choose_columns(**_here(request), list_name=page.name, columns=wanted)
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    query.pop("cols", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def density(page: ListPage, request: HttpRequest) -> str:
    actions.choose_density(**_here(request), density=request.POST.get("density", ""))
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    for name in ("after", "before"):
        query.pop(name, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def export(page: ListPage, request: HttpRequest) -> str:
    """Have a worker write all rows of the filter into a file."""
    if not page.is_exported:
        raise InvalidInput(field="do", why=_("This list is not exported."))
    if page.export_right and not page.may_export(request):
        raise RightMissing(right=_(page.export_right.label), who=whom_to_ask(_merchant_id(request)))
    form = request.POST.get("format", "")
    if form not in FORMATS:
        raise InvalidInput(field="format", why=_("Choose CSV or Excel."))
    places = sorted({int(text) for text in request.POST.getlist("head") if text.isdigit() and int(text) < len(page.export_head)})
    is_whole = page.whole is not None and request.POST.get("whole") == "1"
    if not places and not is_whole:
        raise InvalidInput(field="head", why=_("Choose at least one column for the file."))
    job = ListJob(
        pk=_key(request, "job_id"), merchant_id=_merchant_id(request), list_name=page.name, kind=ListJob.Kind.EXPORT, what=f"{form}{WHOLE if is_whole else ''}",
        columns=[] if is_whole or len(places) == len(page.export_head) else places, query=kept_query(request.POST.get("query", "")),
    )  # fmt: skip
    job.start = start_of(page, request, job.query)
    job = actions.ask_for_job(by=actor_of(request), job=job)
    return f"{reverse('jobs')}?new={job.pk}"


def start_of(page: ListPage, request: HttpRequest, query: str) -> str:
    """The first row of what the address means, now."""
    asked = request_for(request, query)
    found, _filterset = page.found(asked)
    return first_cursor(found, page.order_of(asked))


def request_for(request: HttpRequest, query: str) -> HttpRequest:
    """As if the same person looked at the list under that address."""
    asked = HttpRequest()
    asked.method, asked.path, asked.GET = "GET", request.path, QueryDict(query)
    for name in ("user", "merchant", "market", "domain"):
        setattr(asked, name, getattr(request, name, None))
    return asked


def shared(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """A view is shared with everybody who works there, or no longer: a route of its own, behind a right of its own."""
    merchant_id = _merchant_id(request)
    view = own_view(request.user.pk, merchant_id, view_id)
    on = request.POST.get("on") == "1"
    actions.share_view(by=actor_of(request), merchant_id=merchant_id, view_id=view.pk, is_shared=on)
    said = _("Everybody in your team sees “{name}” now.") if on else _("Only you see “{name}” now.")
    messages.success(request, said.format(name=view.name))
    return HttpResponseRedirect(address(reverse(view.list_name), view))


FORMS: dict[str, Callable[[ListPage, HttpRequest], str]] = {
    "view-save": view_save,
    "view-rename": view_rename,
    "view-default": view_default,
    "view-remove": view_remove,
    "view-restore": view_restore,
    "columns": columns,
    "density": density,
    "export": export,
}

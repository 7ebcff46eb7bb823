"""Which fields of a form a view reads, by name: whatever it does not read can change nothing, whoever sends it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

ALL = "(every field there is)"


class Read(QueryDict):
    """A form that remembers which of its fields were asked for, there or not."""

    names: set[str]

    @classmethod
    def over(cls, form: QueryDict, names: set[str]) -> Read:
        read = cls(mutable=True)
        for name, values in form.lists():
            read.setlist(name, values)
        read.names, read._mutable = names, False
        return read

    def _note(self, name: str) -> None:
        asking = sys._getframe(2).f_code.co_filename
        if not asking.endswith("config/middleware.py"):  # which looks into every value before any view does
            getattr(self, "names", set()).add(name)

    def __getitem__(self, name: Any) -> Any:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: Any, default: Any = None) -> Any:
        self._note(name)
        return super().get(name, default)

    def getlist(self, name: Any, default: Any = None) -> Any:
        self._note(name)
        return super().getlist(name, default)

    def __contains__(self, name: Any) -> bool:
        self._note(name)
        return super().__contains__(name)

    def __iter__(self) -> Any:
        self._note(ALL)
        return super().__iter__()

    def items(self) -> Any:
        self._note(ALL)
        return super().items()

    def lists(self) -> Any:
        self._note(ALL)
        return super().lists()

    def keys(self) -> Any:
        self._note(ALL)
        return super().keys()

    def dict(self) -> Any:
        self._note(ALL)
        return super().dict()


@contextmanager
def forms_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """Inside: which fields were read, by the path that was posted to."""
    found: dict[str, set[str]] = {}
    original = WSGIRequest.POST.fget

    def post(request: WSGIRequest) -> Any:
        form = original(request)
        if request.method != "POST" or isinstance(form, Read):
            return form
        kept = getattr(request, "_read_form", None)
        if kept is None:
            kept = Read.over(form, found.setdefault(request.path, set()))
            request._read_form = kept  # type: ignore[attr-defined]
        return kept

    with monkeypatch.context() as patched:
        patched.setattr(WSGIRequest, "POST", property(post, WSGIRequest.POST.fset))
        yield found

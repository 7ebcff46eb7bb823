"""Pictures that a file names: in an archive handed in beside it, at an address, or in the shop's media already. Kept once an import, whoever fetched it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import unquote

from django.core.files.storage import default_storage, storages
from django.utils.translation import gettext as _

from marketplace.flows.product_files.reading import BOUNDED, BROKEN_ARCHIVE
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.fetching import Fetched, FetchFailed, fetch
from marketplace.kernel.uploads import MOST_BYTES
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Picture
from marketplace.merchant.imports.models import ImportPicture, ProductImport
from marketplace.merchant.media.actions import keep_picture

AT_ONCE = 24  # fetched between two looks at the clock
THREADS = 8
SECONDS = 10  # for one address
LONGEST_REF = 1000
MOST_ARCHIVE_BYTES, MOST_ENTRIES = 500 * 1024 * 1024, 50_000
IN_UNICODE = 0x800  # the flag of an entry whose name is; else zipfile reads it as the code page 437
OWN = re.compile(r"[a-z]+/[A-Za-z0-9._-]{1,150}\.(webp|jpg|jpeg|png)")  # a key in public media
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def ask(url: str) -> Fetched:
    """A picture at an address. Raises FetchRefused, FetchFailed."""
    got = fetch(url, most_bytes=MOST_BYTES, seconds=SECONDS, kinds=("image/",), redirects=3)
    if got.status != 200:
        raise FetchFailed(why=str(got.status))
    return got


class Pictures:
    """What an import can find: for the check by looking, for the import with what was fetched before."""

    def __init__(self, batch: ProductImport, asking: Callable[[str], Fetched] = ask) -> None:
        self.batch, self._ask = batch, asking
        self._own: dict[str, bool] = {}

    @cached_property
    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(storages["papers"].open(self.batch.pictures))

    @cached_property
    def _names(self) -> dict[str, str]:
        """Folded name, with and without folders → its entry. What is named by bytes alone may also be named in Chinese, where no other is."""
        if not self.batch.pictures:
            return {}
        entries = [entry for entry in self._archive.infolist() if entry.filename and not entry.is_dir()]  # a name that begins with NUL is none
        names = [(entry.filename, entry.filename) for entry in entries]
        for entry in entries:
            if not entry.flag_bits & IN_UNICODE:
                with suppress(UnicodeError):
                    names.append((entry.filename.encode("cp437").decode("gb18030"), entry.filename))
        found: dict[str, str] = {}
        for name, filename in names:
            found.setdefault(name.casefold(), filename)
            found.setdefault(PurePosixPath(name).name.casefold(), filename)
        return found

    def look(self, ref: str) -> str:
        """For the check: the key of one that is here, a place holder for one that is still to be fetched. Raises InvalidInput."""
        if self._is_own(ref):
            return ref
        if len(ref) > LONGEST_REF:
            raise InvalidInput(field="pictures", why=_("This address is too long."))
        if ADDRESS.match(ref) or ref.casefold() in self._names:
            return f"?{ref}"
        if self.batch.pictures:
            raise InvalidInput(field="pictures", why=_("The archive with pictures holds no such file."))
        raise InvalidInput(field="pictures", why=_("This is no address. For names of files hand in a ZIP archive with the pictures."))

    def know(self, refs: Iterable[str]) -> None:
        """Find out in one question which of these lie in the shop's media."""
        keys = [ref for ref in refs if ref not in self._own and OWN.fullmatch(ref)]
        used = set(Picture.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
        self._own.update({key: key in used or default_storage.exists(key) for key in keys})

    def _is_own(self, ref: str) -> bool:
        self.know([ref])
        return self._own.get(ref, False)

    def missing(self, refs: Iterable[str]) -> list[str]:
        """Those of these that were not fetched yet, each once."""
        wanted = [ref for ref in dict.fromkeys(refs) if len(ref) <= LONGEST_REF]
        there = set(ImportPicture.objects.filter(batch=self.batch, ref__in=wanted).values_list("ref", flat=True))
        return [ref for ref in wanted if ref not in there and not self._is_own(ref)]

    def fetch(self, by: Actor, refs: Sequence[str]) -> None:
        """Fetch and store these, outside a transaction: a network may be slow. What cannot be had is noted with its reason."""
        with ThreadPoolExecutor(THREADS) as pool:  # of the network alone: threads know no schema
            asked = {ref: pool.submit(self._asked, ref) for ref in refs if ADDRESS.match(ref)}
        for ref in refs:
            key, why = "", ""
            try:
                data = asked[ref].result() if ref in asked else self._unpacked(ref)
                if isinstance(data, MarketError):
                    raise data
                key = store_one(by=by, data=data, name=unquote(ref.partition("?")[0]))
            except MarketError as refusal:
                why = str(refusal)[:300]
            keep_fetched(by=by, batch=self.batch, ref=ref, key=key, why=why)

    def _asked(self, url: str) -> bytes | MarketError:
        """The refusal is given back instead of raised: it is told in the reader's language, which threads do not know."""
        try:
            return self._ask(url).body
        except MarketError as refusal:
            return refusal

    def _unpacked(self, ref: str) -> bytes:
        """Raises InvalidInput."""
        name = self._names.get(ref.casefold())
        if name is None:
            raise InvalidInput(field="pictures", why=_("There is no such file."))
        if self._archive.getinfo(name).compress_type not in BOUNDED:
            raise InvalidInput(field="pictures", why=_("This file of the archive is packed in an unusual way. Make an ordinary ZIP of the pictures."))
        try:
            with self._archive.open(name) as file:
                return file.read(MOST_BYTES + 1)  # never more, whatever it unpacks to
        except BROKEN_ARCHIVE as wrong:
            raise InvalidInput(field="pictures", why=_("This file of the archive is broken or locked.")) from wrong

    def fetched(self, refs: Collection[str]) -> Callable[[str], str]:
        """For the import: where each lies now. What it gives raises InvalidInput for what could not be had."""
        rows = {row.ref: row for row in ImportPicture.objects.filter(batch=self.batch, ref__in=refs)}

        def place(ref: str) -> str:
            if row := rows.get(ref):
                if row.why:
                    raise InvalidInput(field="pictures", why=row.why)
                return str(row.key)
            return self.look(ref)

        return place


def check_archive(file: io.BufferedIOBase | object, size: int) -> None:
    """Whether it is an archive of a size we take. Raises InvalidInput."""
    if size > MOST_ARCHIVE_BYTES:
        raise InvalidInput(field="archive", why=_("This archive is larger than {most} MB. Divide it.").format(most=MOST_ARCHIVE_BYTES >> 20))
    try:
        with zipfile.ZipFile(file) as archive:  # type: ignore[arg-type]
            entries = len(archive.infolist())
    except BROKEN_ARCHIVE as wrong:
        raise InvalidInput(field="archive", why=_("This file is no ZIP archive.")) from wrong
    if entries > MOST_ENTRIES:
        raise InvalidInput(field="archive", why=_("This archive holds more than {most} files. Divide it.").format(most=MOST_ENTRIES))


@verb
def store_one(*, by: Actor, data: bytes, name: str = "") -> str:
    """Keep it in the shop's library; its key in public media. Raises InvalidInput, LimitReached."""
    return str(keep_picture(by=by, upload=io.BytesIO(data), name=name).key)


@verb
def keep_fetched(*, by: Actor, batch: ProductImport, ref: str, key: str, why: str) -> None:
    """What became of one; fetched twice, it is kept once."""
    ImportPicture.objects.bulk_create([ImportPicture(batch=batch, ref=ref, key=key, why=why)], ignore_conflicts=True)

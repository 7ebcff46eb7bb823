"""Films as people hand them in: MP4 and WebM that browsers play, taken for what they contain, without what cameras write beside the film.

Nothing is decoded or written anew: the boxes of the file are walked (ISO/IEC 14496-12, RFC 9559), the kinds of its tracks compared with
what browsers play, and names, places, dates, attachments and empty room overwritten where they stand, so that nothing else moves.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput

MOST_BYTES = 50 * 1024 * 1024
MOST_BOXES = 50_000  # ten minutes in fragments of a second hold some ten thousand
DEEPEST = 5  # moov, trak, mdia, minf, stbl, stsd
CHUNK = 1 << 16

# MP4: what may stand at the top, what holds more boxes, what is overwritten, and the codecs of tracks.
TOP = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"mfra", b"sidx", b"styp", b"udta", b"meta", b"uuid"})
HOLDS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
BESIDE = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"})
DATED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
PICTURES, SOUNDS = frozenset({b"avc1", b"avc3", b"av01", b"vp08", b"vp09"}), frozenset({b"mp4a", b"Opus", b"fLaC", b".mp3"})

# WebM: ids of elements.
EBML, DOC_TYPE, SEGMENT, INFO, TRACKS, CLUSTER = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
TRACK, KIND, CODEC, VOID = 0xAE, 0x83, 0x86, 0xEC
IN_SEGMENT = frozenset({INFO, TRACKS, CLUSTER, 0x114D9B74, 0x1C53BB6B, VOID, 0xBF})
DROPPED = frozenset({0x1254C367, 0x1941A469, 0x1043A770, VOID})  # tags, attachments, chapters, empty room
IN_CLUSTER = frozenset({0xE7, 0xA3, 0xA0, 0xAB, 0xA7, VOID, 0xBF})
NAMES_IN_INFO = frozenset({0x7BA9, 0x4461})  # title, date
WEBM_CODECS = {1: frozenset({b"V_VP8", b"V_VP9", b"V_AV1"}), 2: frozenset({b"A_OPUS", b"A_VORBIS"})}
UNKNOWN = -1  # the size of an element that was written while it was filmed


class Broken(ValueError):
    """The file does not hold together as what it begins as."""


class Unplayable(ValueError):
    """The file is sound, but there is a track in it that browsers do not play."""


@dataclass(frozen=True)
class Part:
    """A box or element: its kind, where it begins, where its content begins and ends (UNKNOWN: not said)."""

    kind: bytes | int
    begin: int
    content: int
    end: int


def clean_video(file: IO[bytes], field: str) -> str:
    """Checks a film in place and overwrites what does not belong to it; the extension by what it is, "mp4" or "webm".

    Raises InvalidInput for more than 50 MB, for another kind of file and for tracks that browsers do not play.
    """
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise InvalidInput(field=field, why=_("This film is larger than 50 MB. Make it shorter or smaller and add it again."))
    file.seek(0)
    start = file.read(12)
    try:
        if start[4:8] == b"ftyp":
            _clean_mp4(file, size)
            extension = "mp4"
        elif start[:4] == EBML.to_bytes(4, "big"):
            _clean_webm(file, size)
            extension = "webm"
        else:
            raise Broken("neither")
    except Unplayable as wrong:
        why = _("Not every browser plays what is in this film. Save it as MP4 with H.264 and AAC, picture and sound only, and add it again.")
        raise InvalidInput(field=field, why=why) from wrong
    except (Broken, struct.error, IndexError) as wrong:
        raise InvalidInput(field=field, why=_("This file is no whole MP4 or WebM film. Save it anew as MP4 and add it again.")) from wrong
    file.seek(0)
    return extension


def _clean_mp4(file: IO[bytes], size: int) -> None:
    found: list[tuple[bytes, bytes]] = []  # of each track: what it is for, and the kind of what it holds
    blanks: list[Part] = []
    for depth, box in _boxes(file, 0, size, 0, [0]):
        if depth == 0 and box.kind not in TOP:
            raise Broken(f"{box.kind!r} at the top")
        if box.kind in BESIDE or box.kind in DATED:
            blanks.append(box)
        elif box.kind == b"hdlr":
            found.append((_read(file, box.content + 8, 4), b""))
        elif box.kind == b"stsd":
            found += [(found.pop()[0], kind) for kind in _sample_kinds(file, box)]
    if not any(purpose == b"vide" for purpose, _kind in found):
        raise Unplayable("no picture")
    if any(kind not in {b"vide": PICTURES, b"soun": SOUNDS}.get(purpose, frozenset()) for purpose, kind in found):
        raise Unplayable(str(found))
    for box in blanks:
        if box.kind in DATED:  # version and flags, then when it was made and changed
            is_long = _read(file, box.content, 1) == b"\x01"
            _blank(file, box.content + 4, min(box.content + 4 + (16 if is_long else 8), box.end))
        else:
            file.seek(box.begin + 4)
            file.write(b"free")
            _blank(file, box.content, box.end)


def _boxes(file: IO[bytes], at: int, end: int, depth: int, count: list[int]) -> Iterator[tuple[int, Part]]:
    while at < end:
        count[0] += 1
        length, kind = struct.unpack(">I4s", _read(file, at, 8))
        content = at + 8
        if length == 1:
            length, content = struct.unpack(">Q", _read(file, content, 8))[0], at + 16
        stop = end if length == 0 and depth == 0 else at + length
        if stop < content or stop > end or depth > DEEPEST or count[0] > MOST_BOXES:
            raise Broken(f"{kind!r} ends at {stop} of {end}")
        yield depth, Part(kind, at, content, stop)
        if kind in HOLDS:
            yield from _boxes(file, content, stop, depth + 1, count)
        at = stop


def _sample_kinds(file: IO[bytes], box: Part) -> list[bytes]:
    at, kinds = box.content + 8, []
    for _entry in range(min(struct.unpack(">I", _read(file, box.content + 4, 4))[0], 8)):
        length, kind = struct.unpack(">I4s", _read(file, at, 8))
        kinds.append(kind)
        at += max(length, 8)
    if not kinds or at > box.end:
        raise Broken("no samples")
    return kinds


def _clean_webm(file: IO[bytes], size: int) -> None:
    head = _element(file, 0, size)
    if head.end == UNKNOWN:
        raise Broken("no head")
    kinds = [_read(file, one.content, one.end - one.content).rstrip(b"\0") for one in _elements(file, head, [0]) if one.kind == DOC_TYPE]
    segment = _element(file, head.end, size)
    if kinds != [b"webm"] or segment.kind != SEGMENT or segment.end not in (UNKNOWN, size):
        raise Broken("no WebM")
    blanks, has_tracks, count = [], False, [0]
    at = segment.content
    while at < size:
        part, count[0] = _element(file, at, size), count[0] + 1
        if part.kind in DROPPED:
            blanks.append(part)
        elif part.kind not in IN_SEGMENT or count[0] > MOST_BOXES:
            raise Broken(f"{part.kind!r} in the segment")
        if part.kind == TRACKS:
            has_tracks = True
            _check_tracks(file, part, count)
        if part.kind == INFO:
            blanks += [one for one in _elements(file, part, count) if one.kind in NAMES_IN_INFO]
        at = _end_of_cluster(file, part, size, count) if part.end == UNKNOWN else part.end
    if not has_tracks:
        raise Broken("no tracks")
    for part in blanks:
        _make_void(file, part)


def _check_tracks(file: IO[bytes], tracks: Part, count: list[int]) -> None:
    kinds = []
    for track in _elements(file, tracks, count):
        if track.kind == TRACK:
            facts = {one.kind: _read(file, one.content, one.end - one.content) for one in _elements(file, track, count) if one.kind in (KIND, CODEC)}
            kinds.append(int.from_bytes(facts.get(KIND, b""), "big"))
            if facts.get(CODEC, b"").rstrip(b"\0") not in WEBM_CODECS.get(kinds[-1], frozenset()):
                raise Unplayable(str(facts))
    if 1 not in kinds:
        raise Unplayable("no picture")


def _end_of_cluster(file: IO[bytes], cluster: Part, size: int, count: list[int]) -> int:
    """Where a cluster of unknown length ends: at the first element that stands in no cluster."""
    if cluster.kind != CLUSTER:
        raise Broken("an element without an end")
    at = cluster.content
    while at < size:
        part, count[0] = _element(file, at, size), count[0] + 1
        if part.kind not in IN_CLUSTER:
            break
        if part.end == UNKNOWN or count[0] > MOST_BOXES * 4:
            raise Broken("a cluster without an end")
        at = part.end
    return at


def _elements(file: IO[bytes], parent: Part, count: list[int]) -> Iterator[Part]:
    at = parent.content
    while at < parent.end:
        part, count[0] = _element(file, at, parent.end), count[0] + 1
        if part.end == UNKNOWN or count[0] > MOST_BOXES:
            raise Broken("an element without an end")
        yield part
        at = part.end


def _element(file: IO[bytes], at: int, end: int) -> Part:
    header = _read(file, at, min(12, end - at))
    id_length, length = _length_of(header[0]), 0
    if id_length > 4:
        raise Broken("no element")
    size_length = _length_of(header[id_length])
    if len(header) < id_length + size_length:
        raise Broken("cut off")
    number = int.from_bytes(header[id_length : id_length + size_length], "big")
    length = number & ((1 << 7 * size_length) - 1)
    content = at + id_length + size_length
    is_unknown = length == (1 << 7 * size_length) - 1
    if not is_unknown and content + length > end:
        raise Broken("longer than the file")
    return Part(int.from_bytes(header[:id_length], "big"), at, content, UNKNOWN if is_unknown else content + length)


def _length_of(first: int) -> int:
    """Bytes of a number by its first one: as many as the place of its highest bit."""
    if not first:
        raise Broken("no number")
    return 9 - first.bit_length()


def _make_void(file: IO[bytes], part: Part) -> None:
    """Empty room of exactly this length, whatever the element was."""
    total = part.end - part.begin
    wide = total >= 9
    rest = total - (9 if wide else 2)
    file.seek(part.begin)
    file.write(bytes([VOID]) + ((1 << 56 | rest).to_bytes(8, "big") if wide else bytes([0x80 | rest])))
    _blank(file, part.end - rest, part.end)


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    file.seek(at)
    data = file.read(length)
    if len(data) < length or not data:
        raise Broken("cut off")
    return data


def _blank(file: IO[bytes], begin: int, end: int) -> None:
    file.seek(begin)
    for at in range(begin, end, CHUNK):
        file.write(bytes(min(CHUNK, end - at)))

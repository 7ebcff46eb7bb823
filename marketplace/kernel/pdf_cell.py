"""A cell for one PDF: bytes in, its pages in a new file out. A program of its own, which nothing imports.

It gives itself two seconds of computing and 300 MB first, so whatever the file does, it ends here. Answers: 0, the new file; 3, too many pages;
anything else, no PDF that can be read.
"""

import resource
import sys
from io import BytesIO

from pypdf import PdfReader, PdfWriter

MOST_SECONDS, MOST_BYTES = 2, 300 * 1024 * 1024
TOO_MANY_PAGES = 3
# Of a page and of all that hangs on it: actions, links and forms, attached files, other programs' data, threads, presentations.
LEFT_OUT = ("/AA", "/Annots", "/AF", "/B", "/Metadata", "/OPI", "/PieceInfo", "/PresSteps", "/Thumb")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    reader = PdfReader(BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted:
        return 1
    if len(reader.pages) > int(sys.argv[1]):
        return TOO_MANY_PAGES
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page, excluded_keys=LEFT_OUT)
    if not writer.pages:
        return 1
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())

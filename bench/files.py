"""A merchant's file of products, from the upload to the last one found by search: the workbench's own import, in processes of its own.

The chain is the product's: the file is kept, read into rows and looked at, taken over in batches, and the relay has the index follow, with two
worker processes as the product has by default. PostgreSQL and Elasticsearch are measured one after the other, each from an empty shop. Memory is
that of the process that imports; the other one takes less.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import grounds, market
from bench.measure import Row, at_least, at_most, exactly, row, say
from launch import elasticsearch, postgres
from launch.paths import cache

DATABASE = "bench_files"
INDEX = "wanshang-listings"  # as the product calls it
ROWS = {True: 8_000, False: 100_000}  # short: rows of the file
LEAST_POSTGRES, LEAST_ELASTIC, MOST_MB, MOST_GROWTH_MB = at_least(400), at_least(300), at_most(300), at_most(40)

WORKER = """
import json, subprocess, sys, time
from pathlib import Path
from uuid import UUID, uuid4
import django
django.setup()
from marketplace.flows.product_files.receiving import assign_columns, meanings_of, receive_file
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import Delivery, OutboxEvent
from marketplace.kernel.relay import fan_out, lease, perform
from marketplace.merchant.imports.actions import start_import
from marketplace.merchant.imports.models import ImportRow, ProductImport
from tenants.tenancy.schemas import merchant_schema

merchant_id, path = UUID(sys.argv[1]), sys.argv[2]


def memory(what):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(what)) / 1024


def state():
    with merchant_schema(merchant_id):
        return ProductImport.objects.get(pk=import_id)


def work(is_over):
    '''What a worker does: one thing that is due after the other.'''
    samples = []
    while True:
        fan_out()
        for one in (due := lease(1)):
            perform(one.delivery_id)
            samples.append(memory("VmRSS"))
        if not due:
            if is_over():
                return samples
            time.sleep(0.02)


def nothing_waits():
    if OutboxEvent.objects.filter(fanned_out_at=None).exists():  # the other worker is about to
        return False
    return not Delivery.objects.filter(status=Delivery.Status.WAITING).exists()


if path == "-":  # the second worker
    print("ready", flush=True)
    work(lambda: False)
second = subprocess.Popen([sys.executable, "-c", sys.argv[3], sys.argv[1], "-"], stdout=subprocess.PIPE)
second.stdout.readline()
begin, at_first = time.perf_counter(), memory("VmRSS")
import_id = uuid4()
with merchant_schema(merchant_id), open(path, "rb") as file:
    received = receive_file(by=SYSTEM, import_id=import_id, name=Path(path).name, table=file)
    assign_columns(by=SYSTEM, import_id=import_id, mapping=meanings_of(received), goes="on_sale")
samples = work(nothing_waits)
checked = time.perf_counter()
with merchant_schema(merchant_id):
    start_import(by=SYSTEM, import_id=import_id)
samples += work(nothing_waits)
ended = time.perf_counter()
second.kill()
row = state()
tenth = samples[: max(1, len(samples) // 10)]
print(json.dumps({
    "check_s": checked - begin, "import_s": ended - checked, "entered": row.entered, "status": row.status, "why": row.why, "read": row.read,
    "at_first": at_first, "after_a_tenth": max(tenth), "at_last": samples[-1], "peak": memory("VmHWM"),
}))
"""


def measure(cluster: postgres.Cluster, short: bool) -> list[Row]:
    count = ROWS[short]
    rows = _run(cluster, count, 1, {}, LEAST_POSTGRES, "PostgreSQL")
    rows += _run(cluster, count, 4, {}, LEAST_POSTGRES, "PostgreSQL")
    say("Elasticsearch")
    server = elasticsearch.start(cache() / grounds.FOLDER / "elasticsearch", fresh=True, heap="512m", is_lasting=True)
    try:
        rows += _run(cluster, count, 1, {"ELASTICSEARCH_URL": server.url()}, LEAST_ELASTIC, "PostgreSQL and Elasticsearch")
    finally:
        elasticsearch.stop(server)
    return rows


def _run(cluster: postgres.Cluster, count: int, variants: int, settings: dict[str, str], goal: Any, backend: str) -> list[Row]:
    from django.db import connections

    name = f"a file of {count:,} rows, {variants} to a product"
    say(f"{name}, {backend}")
    env = grounds.enter(cluster, DATABASE, **settings)
    from search.backends.elasticsearch import ElasticsearchBackend

    server = ElasticsearchBackend(url, INDEX) if (url := settings.get("ELASTICSEARCH_URL", "")) else None
    if server:
        server.rebuild([])  # an index that nobody built takes nothing
    grounds.open_market()
    merchant_id = grounds.open_shop(1)
    key = _a_picture(merchant_id)
    market.options_of()
    market.product_input("", [], [])  # its category
    _describe()
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goods.csv"
        write_table(path, count, variants, key)
        done = subprocess.run([sys.executable, "-c", WORKER, str(merchant_id), str(path), WORKER], env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found = json.loads(done.stdout.splitlines()[-1])
    if found["status"] != "done" or found["read"] != count or found["entered"] != count // variants:
        raise RuntimeError(f"{found}")
    searchable = int(cluster.psql(DATABASE, "select count(*) from search_searchdoc"))
    if server:
        server.refresh()
        searchable = min(searchable, sum(1 for _state in server.states()))
    took = found["check_s"] + found["import_s"]
    note = f"checked in {found['check_s']:.0f} s, on sale and searchable {found['import_s']:.0f} s later"
    return [
        row(f"{name}: rows to searchable, {backend}", count / took, "rows/s", goal=goal, note=note),
        row(f"{name}: products that search does not hold, {backend}", count // variants - searchable, "products", goal=exactly(0)),
        row(f"{name}: memory at its peak, {backend}", found["peak"], "MB", goal=MOST_MB, note=f"{found['at_first']:.0f} MB before"),
        row(
            f"{name}: memory at the end beside after a tenth, {backend}",
            found["at_last"] - found["after_a_tenth"],
            "MB",
            goal=MOST_GROWTH_MB,
        ),
    ]


def _a_picture(merchant_id: Any) -> str:
    """The key of one that lies in the shop's media: what a shop that changes its goods by a table has."""
    from io import BytesIO

    from PIL import Image

    from marketplace.flows.product_files.pictures import store_one
    from marketplace.kernel.actors import SYSTEM
    from tenants.tenancy.schemas import merchant_schema

    data = BytesIO()
    Image.new("RGB", (400, 400), "teal").save(data, "PNG")
    with merchant_schema(merchant_id):
        return str(store_one(by=SYSTEM, data=data.getvalue()))


def _describe() -> None:
    from marketplace.kernel.actors import SYSTEM
    from marketplace.platform.taxonomy.actions import describe_category
    from marketplace.platform.taxonomy.models import Attribute, Category

    describe_category(by=SYSTEM, category_id=Category.objects.get(code="cups").pk, attribute_ids=list(Attribute.objects.values_list("pk", flat=True)))


def write_table(path: Path, count: int, variants: int, picture: str) -> None:
    """Titles and descriptions in two languages, a picture, price, market price, stock; told apart by colour and size where there are several."""
    heads = ["Product code", "Title in Chinese", "Title in English", "Category", "Description in Chinese", "Description in English", "Pictures"]
    heads += ["Colour", "Size", "SKU", "Price", "Market price", "Stock"]
    with open(path, "w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(heads)
        for n in range(count):
            product, variant = divmod(n, variants)
            is_first = variant == 0
            title = [f"手作杯子 {product} 号", f"Handmade mug no. {product}"]
            texts = ["手工制作，可用洗碗机清洗。" * 4, "Made by hand, safe in the dishwasher. " * 4]
            said = [*title, "cups", *texts, picture] if is_first else [""] * 6
            colour, size = ("white", "blue")[variant % 2], ("small", "large")[variant // 2 % 2]
            lines.writerow([f"M{product}", *said, colour, size, f"M{product}-{variant}", f"{25 + product % 100}.50", f"{135 + product % 100}.00", 100])

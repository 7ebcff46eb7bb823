from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.contract import BackendAway
from search.evaluation.files import Unreadable, products_beside, read_grades, read_products, read_queries
from search.evaluation.measure import RECALLED, Report, measure, own_indexes
from search.evaluation.metrics import interval

WORST = 10
FIGURES = {"plain": "nDCG@10, unjudged = 0", "condensed": "nDCG@10, judged only", "recall": f"recall of the first {RECALLED}"}


class Command(BaseCommand):
    help = "Measure search against judged questions, on an index made for it from the products: the market's own is not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queries", type=Path, required=True, help="tab-separated: qid, query")
        parser.add_argument("--qrels", type=Path, required=True, help="tab-separated: qid, docid, rating (0 bad, 3 best)")
        parser.add_argument(
            "--products", type=Path, help="JSON lines (.jsonl or .jsonl.gz): id, title, brand, cat, desc, attrs; by default those beside the queries"
        )
        parser.add_argument("--backend", choices=["elasticsearch", "postgres"], required=True)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            queries = read_queries(options["queries"])
            grades = read_grades(options["qrels"], queries)
            products = options["products"] or products_beside(options["queries"])
            known = set()

            def documents() -> Any:
                for doc in read_products(products):
                    known.add(doc.id)
                    yield doc

            with own_indexes(documents, [options["backend"]]) as backends:
                report = measure(backends[options["backend"]], queries, grades)
        except Unreadable as why:
            raise CommandError(str(why)) from why
        except BackendAway as away:
            raise CommandError(f"{options['backend']} could not be measured. {away}") from away
        if not report.scored:
            remedy = "Judge some as good; without them there is nothing to measure."
            raise CommandError(f"{options['qrels']}: no question has a product with a rating above 0. {remedy}")
        unknown = sum(len(each.keys() - known) for each in grades.values())
        about = {"products": len(known), "file": str(products), "judged_but_no_product": unknown}
        self.stdout.write(_as_json(report, about) if options["json"] else _as_text(report, about))


def _as_json(report: Report, about: dict[str, Any]) -> str:
    figures = {}
    for name in FIGURES:
        low, high = interval([getattr(each, name) for each in report.scored])
        figures[name] = {"mean": report.mean(name), "low": low, "high": high}
    return json.dumps(
        {
            "backend": report.backend,
            **about,
            "figures": figures,
            "left_out": report.left_out,
            "queries": [asdict(each) for each in report.worst(len(report.scored))],
        },
        ensure_ascii=False,
        indent=1,
    )


def _as_text(report: Report, about: dict[str, Any]) -> str:
    lines = [f"{report.backend}: {len(report.scored)} questions on {about['products']} products of {about['file']}"]
    if report.left_out:
        lines.append(f"left out, because nothing good was judged for them: {', '.join(report.left_out)}")
    if about["judged_but_no_product"]:
        lines.append(f"judgements of products that are not there: {about['judged_but_no_product']}")
    for name, words in FIGURES.items():
        low, high = interval([getattr(each, name) for each in report.scored])
        lines.append(f"{words:>26}: {report.mean(name):.3f}  (95 %: {low:.3f} to {high:.3f})")
    lines.append(f"{'judged of the first ten':>26}: {report.mean('judged'):.1f}")
    lines.append("worst, with both figures, recall and how many were found:")
    lines += [f"  {each.plain:.3f} {each.condensed:.3f} {each.recall:.2f} {each.total:>6}  {each.text}" for each in report.worst(WORST)]
    return "\n".join(lines)

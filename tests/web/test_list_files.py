"""Files of lists are jobs: asked for twice and made once, of any length, their owner's alone, and gone after some days."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.backoffice.actions import SILENT_S, begin_job, note_progress, tidy_jobs
from marketplace.platform.backoffice.events import ListJobAsked
from marketplace.platform.backoffice.models import ListJob
from marketplace.web.list_jobs import ROWS_AT_ONCE, run_list_job
from tenants.access.models import UserGroup
from tenants.accounts.actions import give_role
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.web.test_exports import ask, content, export, named, table
from tests.web.test_lists import HOSTS, PEOPLE, client_of, the_list, three_of_everything

__all__ = ["three_of_everything"]  # a fixture
pytestmark = pytest.mark.usefixtures("three_of_everything")
A = MERCHANTS["a"]


def test_all_rows_are_exported_however_many_there_are():
    """Several times what is read at once; and what came after the form was sent is not in the file."""
    rows = ROWS_AT_ONCE * 2 + 1
    with transaction.atomic():
        plant_log(rows)
        answer = ask("console", "log", "&q=test.bulk")
        plant_log(3)
        deliver_events()
        job = ListJob.objects.get(pk=answer.url.partition("=")[2])
        response = client_of("console").get(f"/jobs/{job.pk}/file/", headers={"host": HOSTS["console"]})
        numbers = [row[6] for row in table(response)[1]]
        assert sorted(map(int, numbers)) == list(range(1, rows + 1)) and (job.status, job.done, job.total) == ("done", rows, rows)
        assert len(table(export("console", "log", "&q=test.bulk"))[1]) == rows + 3  # the control
        transaction.set_rollback(True)


def plant_log(rows: int) -> None:
    AuditEvent.objects.bulk_create(
        [AuditEvent(actor_kind="system", actor_label="bulk", action="test.bulk", subject_type="test", subject_id=str(n)) for n in range(1, rows + 1)]
    )


def test_the_same_form_sent_twice_makes_one_file_and_other_content_under_its_key_is_refused():
    key = uuid4()
    first, second = ask("console", "orders", key=key), ask("console", "orders", key=key)
    assert first.url == second.url and ListJob.objects.filter(pk=key).count() == 1
    other = ask("console", "orders", "&show=completed", key=key)
    assert other.url.startswith("/orders/") and ListJob.objects.get(pk=key).query == ""
    again = ask("console", "orders")  # another form for the same rows, while the first waits
    assert again.url == first.url
    before = AuditEvent.objects.filter(action="list.exported").count()
    deliver_events()
    run_list_job(ListJobAsked(job_id=key))  # delivered once more
    assert AuditEvent.objects.filter(action="list.exported").count() == before + 1
    assert ask("console", "orders").url != first.url  # the first has ended: what is new may be in it
    deliver_events()


def test_chosen_columns_in_the_order_of_the_list():
    page, _rule = the_list("workbench", "orders")
    head, rows = table(export("workbench", "orders", heads=[5, 0, 99]))
    assert head == ["Order", "Recipient"] and all(len(row) == 2 for row in rows)
    nothing = ask("workbench", "orders", heads=[])
    assert nothing.url == "/orders/"
    assert len(page.export_head) > 2


def test_a_spreadsheet_holds_the_same_rows_with_numbers_as_numbers(three_of_everything):
    response = export("workbench", "orders", form="xlsx")
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(content(response))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert three_of_everything["order"] in sheet
    assert re.search(r'<c r="P\d+" s="\d+"><v>200(.00)?</v></c>', sheet)  # the line's total
    assert sheet.count("<row ") == len(table(export("workbench", "orders"))[1]) + 1


def test_text_in_a_spreadsheet_is_never_calculated():
    with transaction.atomic():
        named('=HYPERLINK("http://evil.example","x")')
        response = export("console", "merchants", form="xlsx")
        with zipfile.ZipFile(io.BytesIO(content(response))) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        transaction.set_rollback(True)
    assert "HYPERLINK" in sheet and "<f>" not in sheet


def test_a_file_is_its_owners_alone():
    answer = ask("workbench", "orders")
    deliver_events()
    path = f"/jobs/{answer.url.partition('=')[2]}/"
    colleague, elsewhere = make.a_buyer(), client_of("console")
    give_role(by=SYSTEM, user_id=colleague.pk, role="owner", merchant_id=A)
    there = Client()
    there.force_login(colleague, backend=settings.AUTHENTICATION_BACKENDS[0])
    for client, host in ((there, HOSTS["workbench"]), (elsewhere, HOSTS["console"])):
        assert client.get(path, headers={"host": host}).status_code == client.get(f"{path}file/", headers={"host": host}).status_code == 404
    assert client_of("workbench").get(f"{path}file/", headers={"host": HOSTS["workbench"]}).status_code == 200


def test_who_has_lost_the_right_meanwhile_gets_nothing():
    """A worker asks again for the right that the list's route asks for."""
    with transaction.atomic():
        answer = ask("workbench", "orders")
        with merchant_schema(A):
            UserGroup.objects.filter(user__email=PEOPLE["workbench"]).delete()
        deliver_events()
        job = ListJob.objects.get(pk=answer.url.partition("=")[2])
        transaction.set_rollback(True)
    assert (job.status, job.file, job.done) == ("failed", "", 0)


def test_a_file_is_deleted_when_it_has_been_kept_long_enough():
    with transaction.atomic():
        answer = ask("workbench", "orders")
        deliver_events()
        job = ListJob.objects.get(pk=answer.url.partition("=")[2])
        with merchant_schema(A):
            assert storages["papers"].exists(job.file)
        assert tidy_jobs(by=SYSTEM) == 0
        ListJob.objects.filter(pk=job.pk).update(expires_at=clock.now())
        assert tidy_jobs(by=SYSTEM) == 1
        deliver_events()
        with merchant_schema(A):
            assert not storages["papers"].exists(job.file)
        answer = client_of("workbench").get(f"/jobs/{job.pk}/file/", headers={"host": HOSTS["workbench"]})
        transaction.set_rollback(True)
    assert answer.status_code == 410


def test_work_whose_worker_died_is_given_to_another():
    with transaction.atomic():
        answer = ask("workbench", "orders")
        key = UUID(answer.url.partition("=")[2])
        assert begin_job(by=SYSTEM, job_id=key) and begin_job(by=SYSTEM, job_id=key) is None  # in hand
        deliver_events()
        assert ListJob.objects.get(pk=key).status == "running"
        ListJob.objects.filter(pk=key).update(beat_at=clock.now() - timedelta(seconds=SILENT_S + 1))
        tidy_jobs(by=SYSTEM)
        deliver_events()
        assert ListJob.objects.get(pk=key).status == "done"
        transaction.set_rollback(True)


def test_a_job_that_runs_shows_how_far_it_is():
    with transaction.atomic():
        key = UUID(ask("workbench", "orders").url.partition("=")[2])
        job = begin_job(by=SYSTEM, job_id=key)
        job.total, job.done = 8, 2
        note_progress(by=SYSTEM, job=job)
        page = client_of("workbench").get("/jobs/", headers={"host": HOSTS["workbench"], "accept-language": "en"}).content.decode()
        transaction.set_rollback(True)
    assert 'value="25"' in page and "2 of 8" in page and 'hx-trigger="every 2s"' in page

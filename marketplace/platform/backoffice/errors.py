from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ViewUnknown(MarketError):
    code, status = "view_unknown", 404
    message = _("This view does not exist, or is not yours. Open the list again to see those there are.")


class ViewNameTaken(MarketError):
    code, status = "view_name_taken", 409
    field = "name"
    message = _("You have a view called “{name}” here already. Choose another name.")


class TooManyViews(MarketError):
    code, status = "too_many_views", 409
    message = _("You have {most} views of this list. Delete one first.")


class JobUnknown(MarketError):
    code, status = "job_unknown", 404
    message = _("This job does not exist, or is not yours.")


class FileGone(MarketError):
    code, status = "file_gone", 410
    message = _("This file was deleted after {days} days, or is not made yet. Ask for the export again.")


class TooManyJobs(MarketError):
    code, status = "too_many_jobs", 429
    message = _("{most} jobs of yours are still running. Wait until one of them has ended.")

"""When somebody wants to be told: quiet hours and the hour of the daily letter, by the market's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from marketplace.platform.notices.models import NoticeHours
from tenants.accounts.models import User
from tenants.tenancy.models import Market


@dataclass(frozen=True)
class Hours:
    """Of one person; what nobody chose is as the table has it."""

    zone: ZoneInfo
    daily_at: int | None = None
    quiet_from: int = 22
    quiet_until: int = 8
    is_mail_quiet: bool = False

    def is_quiet(self, moment: datetime) -> bool:
        hour = moment.astimezone(self.zone).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def after_quiet(self, moment: datetime) -> datetime:
        """This moment, or the end of the quiet hours it lies in."""
        return self._next(self.quiet_until, moment) if self.is_quiet(moment) else moment

    def next_daily(self, moment: datetime) -> datetime:
        """When the next daily letter goes out. Only for who has chosen one."""
        return self._next(self.daily_at or 0, moment)

    def _next(self, hour: int, moment: datetime) -> datetime:
        """The first full hour of that number after the moment."""
        here = moment.astimezone(self.zone)
        found = here.replace(hour=hour, minute=0, second=0, microsecond=0)
        return found if found > here else found + timedelta(days=1)


def hours_of(person: User | None) -> Hours:
    row = NoticeHours.objects.filter(pk=person.pk).first() if person else None
    zone = Market.objects.get().tz
    return Hours(zone, row.daily_at, row.quiet_from, row.quiet_until, row.is_mail_quiet) if row else Hours(zone)

// Moving through a month by keyboard: arrows from day to day, Home and End within a week, Page Up and Page Down from month to month.
(() => {
  "use strict";
  const grid = document.querySelector("[data-calendar]");
  if (!grid) return;
  const days = [...grid.querySelectorAll("[data-day]")];
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const only = (chosen) => days.forEach((day) => { day.tabIndex = day === chosen ? 0 : -1; });
  const asked = new URLSearchParams(location.search).get("day");
  const first = days.find((day) => day.dataset.day === asked) ?? days.find((day) => day.getAttribute("aria-current")) ?? days[0];
  only(first);
  if (asked) first.focus({ preventScroll: true });

  grid.addEventListener("keydown", (event) => {
    const at = days.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const leads = { PageUp: "[data-before]", PageDown: "[data-after]" }[event.key];
    if (leads) {
      event.preventDefault();
      document.querySelector(leads)?.click();
      return;
    }
    const to = event.key === "Home" ? at - (at % 7) : event.key === "End" ? at - (at % 7) + 6 : at + (steps[event.key] ?? NaN);
    if (!days[to]) return;
    event.preventDefault();
    only(days[to]);
    days[to].focus();
  });
})();

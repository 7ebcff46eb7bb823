// The category tree: drag a row to its place, walk with arrows. Everything works without this file, by the buttons and by “Move”.
(() => {
  "use strict";
  const all = () => [...document.querySelectorAll("[data-node]")];
  const item = (row) => row.closest("li");
  let dragged = null, mark = null;

  const unmark = () => { if (mark) { mark.row.classList.remove("bg-brand-soft", "border-t-2", "border-b-2", "border-brand"); mark = null; } };
  // Where a row would land: before, into or after the one under the pointer.
  const spot = (row, y) => {
    const box = row.getBoundingClientRect(), part = (y - box.top) / box.height;
    return part < 0.28 ? "before" : part > 0.72 ? "after" : "into";
  };
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-node]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector("[data-name]").textContent);
  });
  document.addEventListener("dragover", (event) => {
    const row = event.target.closest?.("[data-node]");
    if (!dragged || !row || item(dragged).contains(row)) { unmark(); return; }
    event.preventDefault();
    const where = spot(row, event.clientY);
    if (mark?.row === row && mark.where === where) return;
    unmark();
    mark = { row, where };
    row.classList.add(...(where === "into" ? ["bg-brand-soft"] : [where === "before" ? "border-t-2" : "border-b-2", "border-brand"]));
  });
  document.addEventListener("dragend", () => { dragged = null; unmark(); });
  document.addEventListener("drop", (event) => {
    if (!dragged || !mark) return;
    event.preventDefault();
    const { row, where } = mark, parent = where === "into" ? row.dataset.node : row.dataset.parent;
    let next = item(row).nextElementSibling?.querySelector("[data-node]");
    if (next === dragged) next = item(dragged).nextElementSibling?.querySelector("[data-node]");
    const before = where === "before" ? row.dataset.node : where === "after" ? next?.dataset.node ?? "0" : "0";
    place(dragged, parent, before);
    dragged = null;
    unmark();
  });
  // Among those beside it a category is put in its place at once; elsewhere the page shows first what that touches.
  const place = (row, parent, before) => {
    const form = row.querySelector("form");
    if (parent !== row.dataset.parent || !form) { location.href = `/categories/${row.dataset.node}/move/?into=${parent}&before=${before}`; return; }
    form.elements.into.value = parent;
    form.elements.before.value = before;
    form.requestSubmit();
  };

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-node]");
    if (!row || event.ctrlKey || event.metaKey) return;
    const rows = all(), at = rows.indexOf(row), toggle = row.querySelector("[data-toggle]");
    const go = (to) => to?.querySelector("[data-name]").focus();
    const isOpen = toggle?.getAttribute("aria-expanded") === "true";
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) row.querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]")?.click();
    else if (event.altKey) return;
    else if (event.key === "ArrowDown") go(rows[at + 1]);
    else if (event.key === "ArrowUp") go(rows[at - 1]);
    else if (event.key === "ArrowRight" && toggle && !isOpen) toggle.click();
    else if (event.key === "ArrowLeft" && isOpen) toggle.click();
    else if (event.key === "ArrowLeft") go(document.querySelector(`[data-node="${row.dataset.parent}"]`));
    else return;
    event.preventDefault();
  });
  // After opening and closing one goes on where one was.
  let was = null;
  document.addEventListener("htmx:beforeRequest", (event) => { was = event.target.closest?.("[data-node]")?.dataset.node ?? null; });
  document.addEventListener("htmx:afterSettle", () => { if (was) document.querySelector(`[data-node="${was}"] [data-name]`)?.focus(); was = null; });
  if (location.hash.startsWith("#c-")) document.getElementById(location.hash.slice(1))?.querySelector("[data-name]")?.focus();
})();

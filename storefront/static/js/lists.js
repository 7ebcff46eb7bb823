// The one list: keys, what is chosen and what it comes to, panels, order of columns. Every list works without this file.
(() => {
  "use strict";
  const list = document.querySelector("[data-list]");
  if (!list) return;
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  const rows = () => [...list.querySelectorAll("tr[data-row]")];

  list.querySelectorAll("[data-open][hidden], [data-move][hidden]").forEach((button) => { button.hidden = false; });
  list.querySelectorAll("[data-columns] .place").forEach((input) => { input.hidden = true; });

  // What is chosen: how many, and what they come to.
  const tell = () => {
    const bar = document.getElementById("bulk");
    if (!bar || !bar.querySelector("[data-chosen]")) return;
    const chosen = [...list.querySelectorAll("tbody .check:checked")];
    const said = bar.querySelector("[data-chosen]"), sum = bar.querySelector("[data-sum]");
    said.replaceChildren(said.dataset.words.replace("{n}", chosen.length));
    const currencies = new Set(chosen.map((box) => box.dataset.currency));
    const [currency] = currencies;
    if (currency && currencies.size === 1) {
      const total = chosen.reduce((so, box) => so + Number(box.dataset.minor), 0);
      const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
      sum.replaceChildren(sum.dataset.words.replace("{sum}", money.format(total / 10 ** money.resolvedOptions().maximumFractionDigits)));
    } else sum.replaceChildren();
    const none = bar.querySelector("[data-choose-none]");
    if (none) none.hidden = false;
    const all = list.querySelector("[data-all]"), boxes = list.querySelectorAll("tbody .check");
    if (all && !all.disabled) { all.checked = chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && !all.checked; }
  };
  let last = null;
  list.addEventListener("click", (event) => {
    const box = event.target.closest("tbody .check");
    if (box && event.shiftKey && last) {
      const boxes = [...list.querySelectorAll("tbody .check")];
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    if (box) last = box;
    if (event.target.closest("[data-choose-none]")) list.querySelectorAll("tbody .check").forEach((other) => { other.checked = false; });
    const move = event.target.closest("[data-move]");
    if (move) {
      const line = move.closest("li"), other = move.dataset.move === "1" ? line.nextElementSibling : line.previousElementSibling;
      if (other) { move.dataset.move === "1" ? other.after(line) : other.before(line); move.focus(); }
      line.parentElement.querySelectorAll(".place").forEach((input, place) => { input.value = place + 1; });
    }
    tell();
  });
  document.addEventListener("change", () => setTimeout(tell));

  // What opens in another window leaves this form free.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.submitter?.formTarget !== "_blank") return;
    setTimeout(() => { delete form.dataset.sent; form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy")); });
  });

  // Panels close when one looks elsewhere.
  const close = (besides) => list.querySelectorAll("details.pop[open]").forEach((pop) => { if (pop !== besides) pop.open = false; });
  document.addEventListener("click", (event) => close(event.target.closest("details.pop")));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const open = list.querySelector("details.pop[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
      else if (event.target.id === "list-q") { event.target.blur(); rows()[0]?.focus(); }
      return;
    }
    if (isTyping(event.target)) return;
    const all = rows(), at = all.indexOf(document.activeElement?.closest("tr[data-row]"));
    if (event.key === "j" || event.key === "k") {
      const next = all[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), all.length - 1)];
      if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
    } else if (event.key === "x" && at >= 0) {
      const box = all[at].querySelector("input[name=chosen]:not(:disabled)");
      if (box) { box.checked = !box.checked; tell(); }
    } else if (event.key === "Enter" && document.activeElement === all[at]) {
      const link = all[at].querySelector("a[href]");
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "?") {
      event.preventDefault();
      document.getElementById("list-keys")?.showModal();
    }
  });

  // Addresses hold what is chosen, not what is left empty; and forms that keep the address keep the one of now.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id !== "filters-form") return;
    const sent = event.detail.parameters;
    for (const name of [...Object.keys(sent)]) if (sent[name] === "") delete sent[name];
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "rows") return;
    const query = location.search.slice(1);
    list.querySelectorAll("[data-here]").forEach((input) => { input.value = query; });
    list.querySelectorAll(".list-choice").forEach((choice) => choice.classList.toggle("is-on", Boolean(choice.querySelector("select, input").value)));
    if (document.activeElement === document.body) document.getElementById("rows").focus({ preventScroll: true });
    tell();
  });
  tell();
})();

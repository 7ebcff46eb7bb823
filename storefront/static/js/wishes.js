// What a buyer wishes of an article: what it costs is added up while they write, and stays written when another choice is swapped in.
// The form works without this file: what each wish costs stands beside it.
(() => {
  "use strict";
  const written = new Map();
  const fields = (root) => [...root.querySelectorAll("[name^=wish_]")];
  const cost = (field) => Number((field.matches("select") ? field.selectedOptions[0] : field.value.trim() && field)?.dataset?.cost ?? 0);

  const add = (root) => {
    const said = root.querySelector("[data-sum]");
    if (!said) return;
    const minor = fields(root).reduce((sum, field) => sum + cost(field), 0);
    const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: root.dataset.currency });
    const amount = format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
    said.replaceChildren(minor ? root.dataset.more.replace("{amount}", amount) : "");
    said.hidden = !minor;
  };
  const all = () => document.querySelectorAll("[data-wishes]").forEach(add);

  document.addEventListener("input", (event) => {
    const root = event.target.closest("[data-wishes]");
    if (!root || !event.target.name.startsWith("wish_")) return;
    written.set(event.target.name, event.target.value);
    add(root);
  });
  document.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll("[data-wishes] [name^=wish_]").forEach((field) => { if (written.has(field.name)) field.value = written.get(field.name); });
    all();
  });
  all();
})();

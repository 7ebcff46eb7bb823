// What the product form computes while one types (everything is computed again when it is sent), and menus that close by themselves.
(() => {
  "use strict";
  const inTenths = document.documentElement.lang.startsWith("zh");
  const number = (input) => Number.parseFloat(String(input?.value ?? "").replace(/[,，¥￥\s折%]/g, ""));
  const shown = (value) => String(Math.round(value * 10) / 10);

  document.addEventListener("input", (event) => {
    const row = event.target.closest("[data-variant]");
    const name = event.target.dataset.cell;
    if (!row || !["market", "discount", "price"].includes(name)) return;
    const cell = (which) => row.querySelector(`[data-cell="${which}"]`);
    const market = number(cell("market"));
    if (!(market > 0)) return;
    if (name === "price" || (name === "market" && number(cell("price")) > 0)) {
      const left = number(cell("price")) / market;
      cell("discount").value = left > 0 && left < 1 ? shown(inTenths ? left * 10 : (1 - left) * 100) : "";
    } else {
      const given = number(cell("discount"));
      const share = inTenths ? given / 10 : 1 - given / 100;
      if (share > 0 && share <= 1) cell("price").value = (Math.round(market * share * 100 + 1e-6) / 100).toFixed(2);
    }
  });

  const shut = (besides) => document.querySelectorAll("details[data-shut][open]").forEach((one) => { if (one !== besides) one.open = false; });
  document.addEventListener("click", (event) => shut(event.target.closest("details[data-shut]")));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") shut(); });

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    const field = document.getElementById(chip.dataset.fill);
    field.value = field.value.trim() ? `${field.value.trim()} ${chip.dataset.text}` : chip.dataset.text;
    field.focus();
  });
})();
// A form or button with data-confirm asks in its dialog before it is sent, naming what will be so. Without this file it is sent at once.
(() => {
  "use strict";
  // What the chosen rows of a form come to, in its dialog. False where rows can be chosen and none is: the server says so.
  const added = (form, dialog) => {
    const said = dialog.querySelector("[data-adds]"), boxes = [...form.querySelectorAll("[data-minor]")];
    if (!said || !boxes.length) return true;
    const chosen = boxes.filter((box) => box.checked);
    if (!chosen.length) return false;
    const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: chosen[0].dataset.currency });
    const total = chosen.reduce((so, box) => so + Number(box.dataset.minor), 0) / 10 ** money.resolvedOptions().maximumFractionDigits;
    said.replaceChildren(said.dataset.words.replace("{sum}", money.format(total)).replace("{n}", chosen.length));
    return true;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asks = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    const dialog = asks && document.getElementById(asks);
    if (!dialog || form.dataset.sure || !added(form, dialog) || [...form.elements].some((field) => field.validity?.valueMissing)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "do") return;
      form.dataset.sure = "1";
      form.requestSubmit(button ?? undefined);
      delete form.dataset.sure;
    }, { once: true });
    dialog.showModal();
  }, true);

  // Typed and not kept: the browser asks before one leaves. Forms that are sent have been kept.
  let changed = null;
  document.addEventListener("input", (event) => { changed = event.target.closest("form[data-unsaved]") ?? changed; });
  document.addEventListener("submit", (event) => { if (event.target === changed) changed = null; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();

// Keys of a decision: a digit, or g for “go to”, goes to its button or field, and Ctrl or ⌘ with Enter in a field presses the button its form names.
document.addEventListener("keydown", (event) => {
  "use strict";
  const isTyping = event.target.closest("input, textarea, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const button = document.getElementById(event.target.closest("form[data-chord]")?.dataset.chord ?? "");
    if (button) { event.preventDefault(); button.click(); }
  } else if (!isTyping && !event.ctrlKey && !event.metaKey && !event.altKey && /^[1-9g]$/.test(event.key)) {
    const named = document.querySelector(`[data-key="${event.key}"]`);
    if (named) { event.preventDefault(); named.focus(); }
  }
});

// The form of a product: an answer that replaces the table of variants or the attributes was made from what stood there when it was asked for.
// What was typed since is written into what came, with focus and caret. A cell of the table belongs to its combination of values, not to its place.
(() => {
  "use strict";
  const PLACES = "#matrix, #attributes-place, #product-form [name=sku_stem]";
  const typed = new Map(), sent = new WeakMap();
  let beat = 0, held = null;

  const fields = () => [...document.querySelectorAll(PLACES)].flatMap((place) => (place.name ? [place] : [...place.querySelectorAll("input, select, textarea")])).filter((one) => one.name && one.type !== "hidden");
  const keyOf = (field) => {
    const row = field.closest("[data-variant]");
    return row ? `${row.querySelector("[name^=options_]").value} ${field.name.replace(/_\d+$/, "")}` : field.name;
  };
  const read = (field) => (field.type === "checkbox" ? field.checked : field.multiple ? [...field.selectedOptions].map((one) => one.value) : field.value);
  const write = (field, value) => {
    if (field.type === "checkbox") field.checked = value;
    else if (field.multiple) [...field.options].forEach((one) => { one.selected = value.includes(one.value); });
    else field.value = value;
  };

  document.addEventListener("input", (event) => {
    if (fields().includes(event.target)) typed.set(keyOf(event.target), { at: ++beat, value: read(event.target) });
  });
  document.addEventListener("htmx:beforeSend", (event) => { sent.set(event.detail.xhr, beat); });
  document.addEventListener("htmx:beforeSwap", () => {
    const field = document.activeElement;
    held = fields().includes(field) ? { key: keyOf(field), field, from: field.selectionStart, to: field.selectionEnd } : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const since = sent.get(event.detail.xhr);
    if (since === undefined) return;
    const now = fields();
    now.forEach((field) => {
      const one = typed.get(keyOf(field));
      if (one && one.at > since) write(field, one.value);
    });
    if (!held || held.field.isConnected) return;
    const field = now.find((one) => keyOf(one) === held.key);
    // htmx gives the focus to the field of the same id, which may be another variant's now.
    if (!field && now.includes(document.activeElement)) document.activeElement.blur();
    field?.focus({ preventScroll: true });
    if (field && held.from !== null) field.setSelectionRange(held.from, held.to);
  });
})();

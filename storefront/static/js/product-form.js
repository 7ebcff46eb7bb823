// The form of a product. A text is copied over from the other language where it is missing. The table of variants: arrows and Enter move between its cells, a copied column is pasted down, Ctrl or ⌘ and D copies a cell to those below.
// Without this file every cell can be typed, and a column pasted through the field below the table.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("#matrix [data-variant]")].filter((row) => !row.querySelector("[data-gone]")?.checked);
  const cell = (row, name) => row?.querySelector(`[data-cell="${name}"]`);
  const write = (input, text) => {
    if (!input) return;
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest("#matrix [data-cell]");
    if (event.key === "Enter" && event.target.closest("[data-for-all]") && event.target.tagName === "INPUT") {
      event.preventDefault();
      event.target.closest("tr").querySelector("button").click();
      return;
    }
    if (!input) return;
    const all = rows(), at = all.indexOf(input.closest("[data-variant]"));
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") {
      event.preventDefault();
      all.slice(at + 1).forEach((row) => write(cell(row, input.dataset.cell), input.value));
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    const next = cell(all[at + step], input.dataset.cell);
    next?.focus();
    next?.select();
  });

  document.addEventListener("paste", (event) => {
    const input = event.target.closest("#matrix [data-cell]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input || !/[\n\t]/.test(text.trim())) return;
    event.preventDefault();
    const all = rows(), at = all.indexOf(input.closest("[data-variant]"));
    const names = [...input.closest("tr").querySelectorAll("[data-cell]")].map((one) => one.dataset.cell);
    const from = names.indexOf(input.dataset.cell);
    text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").forEach((line, n) => line.split("\t").forEach((part, m) => {
      if (part.trim() && names[from + m]) write(cell(all[at + n], names[from + m]), part.trim());
    }));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy-from]");
    if (!button) return;
    event.preventDefault();
    const field = document.getElementById(button.dataset.copyTo);
    write(field, document.getElementById(button.dataset.copyFrom).value);
    field.focus();
    button.closest("p").remove();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) document.querySelectorAll("#matrix [data-tick]").forEach((box) => {
      box.checked = event.target.checked;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();

// What the product form computes while one types. Everything is computed again when it is sent.
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

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-fill]");
    if (!chip) return;
    const field = document.getElementById(chip.dataset.fill);
    field.value = field.value.trim() ? `${field.value.trim()} ${chip.dataset.text}` : chip.dataset.text;
    field.focus();
  });
})();

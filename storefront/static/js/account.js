// Numbers that can be copied. Without this file they can be marked and copied by hand.
(() => {
  "use strict";
  if (!navigator.clipboard) return;
  const offer = () => document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  offer();
  document.addEventListener("htmx:afterSettle", offer);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    const told = document.createElement("div");
    told.className = "toast";
    told.append(button.dataset.done);
    document.getElementById("toasts").append(told);
    setTimeout(() => told.remove(), 3000);
  });
})();

// Filters: a ticked link answers to the space bar, long groups can be narrowed, and the sheet stays open while one chooses.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  document.addEventListener("keydown", (event) => {
    const box = event.key === " " && event.target.closest("a[role=checkbox]");
    if (box) { event.preventDefault(); box.click(); }
  });

  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-narrow]");
    if (!field) return;
    const wanted = field.value.trim().toLocaleLowerCase();
    field.closest("details").querySelectorAll("li").forEach((row) => { row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted); });
  });

  const sheet = document.getElementById("filters");
  const drop = () => history.replaceState(null, "", location.pathname + location.search);
  if (sheet && location.hash === "#filters") sheet.showModal();
  sheet?.addEventListener("close", () => { if (location.hash) drop(); });
})();

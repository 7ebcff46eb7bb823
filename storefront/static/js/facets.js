// Filters: a ticked link answers to the space bar and keeps its place, long groups can be narrowed, and the sheet stays open while one chooses.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  // The page that comes has the same choices: whoever went there by keys goes on at the one that was ticked.
  const place = "facet";
  document.addEventListener("keydown", (event) => {
    const box = [" ", "Enter"].includes(event.key) && event.target.closest("a[role=checkbox]");
    if (!box) return;
    if (box.dataset.facet) sessionStorage.setItem(place, box.dataset.facet);
    if (event.key === " ") { event.preventDefault(); box.click(); }
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

  const ticked = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (ticked) [...document.querySelectorAll("a[data-facet]")].find((box) => box.dataset.facet === ticked && box.checkVisibility())?.focus();
})();

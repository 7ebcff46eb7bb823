// The category menu: a link to the page of all categories that opens a panel instead, fetched when it is first wanted.
(() => {
  "use strict";
  const link = document.querySelector("[data-menu]");
  const panel = document.getElementById("category-menu");
  if (!link || !panel) return;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");

  let wanted = null;
  const fill = () => (wanted ??= fetch(link.dataset.menu, { headers: { "HX-Request": "true" } })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((html) => { panel.replaceChildren(document.createRange().createContextualFragment(html)); }));

  const open = (is) => { panel.hidden = !is; link.setAttribute("aria-expanded", String(is)); };
  const toggle = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (!panel.hidden) { open(false); return; }
    fill().then(() => open(true), () => { location.href = link.href; });
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  link.addEventListener("pointerenter", () => fill().catch(() => { wanted = null; }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) { open(false); link.focus(); }
  });
  document.addEventListener("click", (event) => { if (!panel.contains(event.target) && !link.contains(event.target)) open(false); });
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== link) open(false);
  });
})();

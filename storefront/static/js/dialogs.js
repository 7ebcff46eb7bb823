// A link with data-dialog opens what it leads to in a dialog of the named classes; its answer to htmx is the content.
// Without this file, and with a modifier key, it is a link.
(() => {
  "use strict";

  const open = async (link) => {
    const dialog = document.createElement("dialog");
    dialog.className = link.dataset.dialog;
    dialog.setAttribute("aria-label", link.getAttribute("aria-label") || link.textContent.trim());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    try {
      await htmx.ajax("GET", link.href, { target: dialog, swap: "innerHTML", source: dialog });
    } catch { /* said below */ }
    if (dialog.childElementCount) dialog.showModal();
    else { dialog.remove(); location.assign(link.href); }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !window.htmx) return;
    event.preventDefault();
    open(link);
  });

  // What was bought from a dialog is told beneath it: close it first.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches?.("dialog form[hx-post]")) event.target.closest("dialog").close();
  });
})();

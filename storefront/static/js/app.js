// Small behaviours that HTML cannot do by itself. Every page works without this file.
(() => {
  "use strict";

  // One form, one sending: a second press waits for the answer to the first.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit], button:not([type])").forEach((button) => button.classList.add("is-busy"));
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
  }));

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-by]");
    if (step) {
      const input = step.closest(".qty").querySelector("input");
      const next = Math.min(Math.max(Number(input.value) + Number(step.dataset.by), Number(input.min || 1)), Number(input.max || 999));
      if (String(next) !== input.value) { input.value = next; input.dispatchEvent(new Event("change", { bubbles: true })); }
    }
    const photo = event.target.closest("[data-photo]");
    if (photo) {
      const shown = document.getElementById("photo");
      shown.removeAttribute("srcset");
      shown.src = photo.dataset.photo;
      photo.parentElement.querySelectorAll("[data-photo]").forEach((other) => other.setAttribute("aria-pressed", String(other === photo)));
    }
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
    if (event.target.closest("[data-print]")) window.print();
    const theme = event.target.closest("[data-theme-toggle]");
    if (theme) {
      event.preventDefault();
      const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
      const chosen = dark ? "light" : "dark";
      document.documentElement.dataset.theme = chosen;
      document.cookie = `theme=${chosen};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
    }
  });

  // Forms that act on change (filters, sorting, quantities) have a button for everybody else.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-auto") && !form.hasAttribute("hx-post")) form.requestSubmit();
    const all = event.target.closest("[data-all]");
    if (all) document.querySelectorAll(`[name="${all.dataset.all}"]`).forEach((box) => { box.checked = all.checked; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
  });

  const fade = (toast) => setTimeout(() => toast.remove(), toast.dataset.toast === "error" ? 20000 : 6000);
  document.querySelectorAll("[data-toast]").forEach(fade);
  document.addEventListener("htmx:afterSwap", (event) => event.target.querySelectorAll?.("[data-toast]").forEach(fade));

  // A poll rests while nobody looks.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.getAttribute("hx-trigger")?.includes("every")) event.preventDefault();
  });
})();

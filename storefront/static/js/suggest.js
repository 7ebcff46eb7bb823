// The search box proposes what begins as it was typed, and, while it is empty, what was last looked for in this browser.
// A combobox by the pattern of WAI-ARIA: the focus stays in the field. Without this file it is the form it was.
(() => {
  "use strict";
  const form = document.querySelector("form[data-suggest]"), field = form?.querySelector("[data-search]");
  if (!field) return;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const panel = part("panel"), list = part("list"), own = part("own"), last = part("last"), drops = part("drops"), said = part("said");
  const WAIT_MS = 120, MOST_KEPT = 8, LONGEST = 60, NAME = "searches";
  const answers = new Map();
  let timer = 0, asked = null, composing = false, active = null;

  const names = { role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" };
  for (const [name, value] of Object.entries(names)) field.setAttribute(name, value);

  // ── What was looked for, in this browser only ──────────────────────────────────────────────────────────────────
  const kept = () => {
    try { return JSON.parse(localStorage.getItem(NAME) ?? "[]").filter((text) => typeof text === "string").slice(0, MOST_KEPT); } catch { return []; }
  };
  const keep = (texts) => {
    try { if (texts.length) localStorage.setItem(NAME, JSON.stringify(texts.slice(0, MOST_KEPT))); else localStorage.removeItem(NAME); } catch { /* a browser that keeps nothing */ }
  };
  const remember = (text) => {
    const words = text.trim().replace(/\s+/g, " ").slice(0, LONGEST);
    if (words) keep([words, ...kept().filter((other) => other !== words)]);
  };

  // ── The panel ──────────────────────────────────────────────────────────────────────────────────────────────────
  const rows = () => [...panel.querySelectorAll("[role=option]")].filter((row) => row.offsetParent);
  const point = (row) => {
    active?.setAttribute("aria-selected", "false");
    active = row ?? null;
    if (!active) { field.removeAttribute("aria-activedescendant"); return; }
    active.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  };
  const open = (is) => {
    panel.hidden = !is;
    field.setAttribute("aria-expanded", String(is));
    if (!is) { point(null); said.replaceChildren(); }
  };
  const close = () => { clearTimeout(timer); asked?.abort(); open(false); };

  const showOwn = () => {
    const texts = kept();
    last.replaceChildren();
    drops.replaceChildren();
    texts.forEach((text, n) => {
      const row = part("row").content.cloneNode(true).firstElementChild, drop = part("drop").content.cloneNode(true).firstElementChild;
      Object.assign(row, { id: `last-search-${n}`, href: `${form.action}?q=${encodeURIComponent(text)}` });
      row.dataset.words = text;
      row.querySelector("span").append(text);
      drop.setAttribute("aria-label", `${drop.getAttribute("aria-label")}: ${text}`);
      drop.addEventListener("click", () => { keep(kept().filter((other) => other !== text)); field.focus(); showOwn(); });
      last.append(row);
      drops.append(drop);
    });
    list.replaceChildren();
    list.hidden = true;
    own.hidden = !texts.length;
    field.setAttribute("aria-controls", last.id);
    open(texts.length > 0);
  };
  const show = (html) => {
    own.hidden = true;
    list.hidden = false;
    list.replaceChildren(...document.createRange().createContextualFragment(html).children);
    field.setAttribute("aria-controls", list.id);
    const found = list.firstElementChild;
    point(null);
    open(Number(found?.dataset.count) > 0);
    said.replaceChildren(found?.dataset.said ?? "");
  };

  // ── Asking ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const ask = async () => {
    const text = field.value.trim().replace(/\s+/g, " ").slice(0, LONGEST);
    asked?.abort();
    if (!text) { showOwn(); return; }
    if (answers.has(text)) { show(answers.get(text)); return; }
    const mine = asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: mine.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (answers.size > 50) answers.clear();
      answers.set(text, html);
      if (mine === asked && document.activeElement === field && !composing) show(html);
    } catch { if (mine === asked) open(false); } // nothing is proposed, and the form works as ever
  };
  const later = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, WAIT_MS);
  };
  // What an input method has not made into words yet is nobody's search.
  field.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); asked?.abort(); });
  field.addEventListener("compositionend", () => { composing = false; later(); });
  field.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  field.addEventListener("focus", () => { if (panel.hidden && !field.value.trim()) showOwn(); });
  field.addEventListener("click", () => { if (panel.hidden) ask(); });

  // ── Choosing ───────────────────────────────────────────────────────────────────────────────────────────────────
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !panel.hidden) { event.preventDefault(); close(); return; }
    if (event.key === "Enter" && active && !panel.hidden) { event.preventDefault(); active.click(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (panel.hidden) { ask(); return; }
    const all = rows(), at = all.indexOf(active), down = event.key === "ArrowDown";
    // One step before the first and behind the last is the field itself.
    point(at < 0 ? all[down ? 0 : all.length - 1] : all[at + (down ? 1 : -1)]);
  });
  panel.addEventListener("mousedown", (event) => { if (event.target.closest("[role=option]")) event.preventDefault(); }); // the focus stays in the field
  panel.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row?.dataset.words) { remember(row.dataset.words); field.value = row.dataset.words; }
  });
  part("forget").addEventListener("click", () => { keep([]); field.focus(); open(false); });
  form.addEventListener("submit", () => { remember(field.value); close(); });
  form.addEventListener("focusout", (event) => { if (event.relatedTarget && !form.contains(event.relatedTarget)) close(); });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
  window.addEventListener("pageshow", () => close());
})();

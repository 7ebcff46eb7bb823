// A description as it will look, over the field that holds it: bold, italic, headings, lists, and pictures of the shop's library.
// The field keeps the HTML and is what is sent; only tags that a description may have are taken over, here and again by the server.
// Without this file the field is typed into as it is.
(() => {
  "use strict";
  const SAME = { STRONG: "strong", B: "b", EM: "em", I: "i", UL: "ul", OL: "ol", LI: "li", H3: "h3", H4: "h4", P: "p", BR: "br" };
  const AS = { H1: "h3", H2: "h3", H5: "h4", H6: "h4", DIV: "p", SECTION: "p", ARTICLE: "p", BLOCKQUOTE: "p" };
  const BLOCKS = new Set(["p", "h3", "h4", "ul", "ol", "li"]);
  const GONE = new Set(["SCRIPT", "STYLE", "TITLE", "TEMPLATE", "NOSCRIPT", "SVG", "MATH", "IFRAME", "OBJECT"]);
  const KEY = /^[a-z0-9_-]+(\/[A-Za-z0-9_-]+)+\.webp$/;
  // Inert; styles and handlers are taken out before, or the browser would complain of each that our rules forbid.
  const FORBIDDEN = /\s(?:style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
  const parsed = (html) => new DOMParser().parseFromString(html.replace(FORBIDDEN, " "), "text/html").body;
  const hasTags = (text) => /<\/?[a-zA-Z][^<>]*>/.test(text);

  // A picture is ours when its address is a key, or a key below this shop's own media.
  const keyOf = (image, media) => {
    const said = image.dataset.key || image.getAttribute("src") || "";
    const key = said.startsWith(media) ? said.slice(media.length) : said;
    return KEY.test(key) ? key : "";
  };

  // What of `from` a description may have, made anew: nothing of the original goes over but text, and keys of pictures.
  const taken = (from, media) => {
    const into = document.createDocumentFragment();
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) into.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE || GONE.has(node.nodeName.toUpperCase())) continue;
      if (node.nodeName === "IMG") {
        const key = keyOf(node, media);
        if (!key) continue;
        const image = document.createElement("img");
        Object.assign(image, { src: media + key, alt: node.getAttribute("alt") ?? "" });
        image.dataset.key = key;
        into.append(image);
        continue;
      }
      const name = SAME[node.nodeName] ?? AS[node.nodeName], inner = taken(node, media);
      const isWrapper = name === "p" && AS[node.nodeName] && [...inner.children].some((child) => BLOCKS.has(child.localName));
      if (!name || isWrapper) { into.append(inner); continue; }
      const element = document.createElement(name);
      element.append(inner);
      into.append(element);
    }
    return into;
  };

  const paragraphs = (text) => {
    const into = document.createDocumentFragment();
    for (const part of text.replace(/\r/g, "").trim().split(/\n\s*\n/)) {
      const paragraph = document.createElement("p");
      part.trim().split("\n").forEach((line, n) => paragraph.append(...(n ? [document.createElement("br"), line] : [line])));
      into.append(paragraph);
    }
    return into;
  };

  // As the field holds it. Text outside of any block becomes a paragraph.
  const written = (area, media) => {
    const root = document.createElement("div");
    let loose = null;
    for (const node of [...taken(area, media).childNodes]) {
      if (BLOCKS.has(node.localName)) { loose = null; root.append(node); continue; }
      if (!loose && !node.textContent.trim() && node.localName !== "img") continue;
      if (!loose) root.append(loose = document.createElement("p"));
      loose.append(node);
    }
    for (const image of root.querySelectorAll("img")) {
      image.removeAttribute("src");
      image.removeAttribute("alt");
    }
    for (const block of root.querySelectorAll("p, h3, h4, li")) {
      if (block.lastChild?.nodeName === "BR") block.lastChild.remove();
      if (!block.textContent.trim() && !block.querySelector("img")) block.remove();
    }
    return root.innerHTML.replaceAll("<img data-key=", "<img src="); // in words: no picture is to be fetched from there
  };

  const start = (holder) => {
    const field = holder.querySelector("textarea"), bar = holder.querySelector("[role=toolbar]"), dialog = holder.querySelector("dialog");
    const label = holder.querySelector("label"), { media } = holder.dataset;
    const area = document.createElement("div");
    area.className = "field description-area prose-page wrap-anywhere";
    area.contentEditable = "true";
    const names = { role: "textbox", "aria-multiline": "true", "aria-label": label.firstChild.textContent.trim(), lang: holder.dataset.lang };
    if (field.getAttribute("aria-describedby")) names["aria-describedby"] = field.getAttribute("aria-describedby");
    if (field.getAttribute("aria-invalid")) names["aria-invalid"] = field.getAttribute("aria-invalid");
    for (const [name, value] of Object.entries(names)) area.setAttribute(name, value);
    bar.setAttribute("aria-controls", area.id = `${field.id}-area`);

    const read = () => area.replaceChildren(field.value.trim() ? (hasTags(field.value) ? taken(parsed(field.value), media) : paragraphs(field.value)) : "");
    let own = false;
    const write = () => {
      own = true;
      field.value = written(area, media);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      own = false;
    };
    read();
    field.before(bar, area);
    bar.hidden = false;
    field.hidden = true;
    label.addEventListener("click", (event) => { if (!area.hidden) { event.preventDefault(); area.focus(); } });
    area.addEventListener("input", write);
    field.addEventListener("input", () => { if (!own) read(); });
    // An error of the form leads to the field: to what stands in its place.
    field.addEventListener("focus", () => { if (!area.hidden) area.focus(); });

    const clipped = (event) => {
      const data = event.clipboardData ?? event.dataTransfer, html = data.getData("text/html"), text = data.getData("text/plain");
      if (!html && !text) { event.preventDefault(); return; }
      event.preventDefault();
      const held = document.createElement("div");
      held.append(html ? taken(parsed(html), media) : paragraphs(text));
      const isLine = !html && !text.trim().includes("\n");
      if (isLine) document.execCommand("insertText", false, text);
      else document.execCommand("insertHTML", false, held.innerHTML);
      write();
    };
    area.addEventListener("paste", clipped);
    area.addEventListener("drop", clipped);
    area.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "p"));

    // ── The toolbar ──────────────────────────────────────────────────────────────────────────────────────────────
    const buttons = [...bar.querySelectorAll("button")], on = (button, is) => button.setAttribute("aria-pressed", String(is));
    const within = (names) => {
      const at = getSelection().anchorNode, element = at?.nodeType === Node.ELEMENT_NODE ? at : at?.parentElement;
      return area.contains(element) ? element.closest(names) : null;
    };
    const state = () => {
      if (!area.contains(getSelection().anchorNode)) return;
      for (const button of buttons) {
        const { does } = button.dataset;
        if (["bold", "italic", "insertUnorderedList", "insertOrderedList"].includes(does)) on(button, document.queryCommandState(does));
        if (does === "h3") on(button, Boolean(within("h3, h4")));
      }
    };
    document.addEventListener("selectionchange", state);
    let place = null; // where a picture is put: the choice takes the focus away
    const keep = () => { const now = getSelection(); if (now.rangeCount && area.contains(now.anchorNode)) place = now.getRangeAt(0).cloneRange(); };
    const back = () => {
      area.focus();
      if (!place || !area.contains(place.startContainer)) { place = document.createRange(); place.selectNodeContents(area); place.collapse(false); }
      getSelection().removeAllRanges();
      getSelection().addRange(place);
    };
    const does = {
      h3: () => document.execCommand("formatBlock", false, within("h3, h4") ? "p" : "h3"),
      text: (button) => {
        const isText = !area.hidden;
        area.hidden = isText;
        field.hidden = !isText;
        on(button, isText);
        buttons.forEach((other) => { if (other !== button) other.disabled = isText; });
        if (!isText) read();
        (isText ? field : area).focus();
      },
      picture: () => {
        dialog.showModal();
        if (!dialog.querySelector("[data-key]")) htmx.ajax("GET", dialog.dataset.from, { target: dialog.querySelector("[data-found]"), swap: "innerHTML" });
      },
    };
    bar.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.does === "picture") keep();
      if (does[button.dataset.does]) does[button.dataset.does](button);
      else { area.focus(); document.execCommand(button.dataset.does); }
      if (button.dataset.does !== "text" && button.dataset.does !== "picture") { write(); state(); }
    });
    // One stop for Tab, arrows within.
    const stop = (button) => buttons.forEach((other) => { other.tabIndex = other === button ? 0 : -1; });
    stop(buttons[0]);
    bar.addEventListener("focusin", (event) => stop(event.target));
    bar.addEventListener("keydown", (event) => {
      const able = buttons.filter((button) => !button.disabled), at = able.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: able.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      able[(to + able.length) % able.length].focus();
    });

    dialog.addEventListener("click", (event) => {
      const choice = event.target.closest("[data-key]");
      if (!choice) return;
      dialog.close();
      back();
      const image = document.createElement("img"), paragraph = document.createElement("p");
      Object.assign(image, { src: media + choice.dataset.key, alt: choice.dataset.alt });
      image.dataset.key = choice.dataset.key;
      paragraph.append(image);
      const after = document.createElement("p");
      after.append(document.createElement("br"));
      // Behind the block that the cursor is in; in an empty one, in its place.
      let block = getSelection().anchorNode;
      while (block && block.parentNode !== area && block !== area) block = block.parentNode;
      if (!block || block === area) area.append(paragraph);
      else if (block.textContent.trim() || block.querySelector?.("img")) block.after(paragraph);
      else block.replaceWith(paragraph);
      if (!paragraph.nextSibling) paragraph.after(after);
      getSelection().collapse(paragraph.nextSibling, 0);
      write();
    });
  };

  document.querySelectorAll("[data-description]").forEach(start);
})();

// The shop's library: files sent one by one with how far each is, the order of a product's pictures, the frame of a cut, the poster of a film.
// Everything works without this file: forms send files, arrows and numbers order, and a cut is numbers.
(() => {
  "use strict";
  const AT_ONCE = 2;

  // ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const hide = (root) => root.querySelectorAll("[data-plain]").forEach((button) => { button.hidden = true; });
  const line = (list, name) => {
    const item = document.createElement("li"), said = document.createElement("span"), bar = document.createElement("progress"), told = document.createElement("span");
    item.className = "upload-line";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    said.replaceChildren(name);
    told.replaceChildren(list.dataset.sending);
    item.append(said, told, bar);
    list.append(item);
    const end = (text, isWrong) => { bar.remove(); told.replaceChildren(text); if (isWrong) { told.className = "error"; } };
    return { bar, told, end };
  };
  const send = (input, form, file, list) => new Promise((done) => {
    const shown = line(list, file.name);
    if (file.size > Number(input.dataset.most)) { shown.end(list.dataset.large, true); done(null); return; }
    const body = new FormData(), request = new XMLHttpRequest();
    body.append(input.dataset.field, file);
    body.append("as", "part");
    request.open("POST", input.dataset.upload);
    request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      shown.bar.value = (event.loaded / event.total) * 100;
      shown.told.replaceChildren(`${Math.floor(shown.bar.value)} %`);
    });
    request.addEventListener("error", () => { shown.end(list.dataset.failed, true); done(null); });
    request.addEventListener("load", async () => {
      if (request.status === 429) {
        shown.told.replaceChildren(list.dataset.waits);
        setTimeout(() => { shown.bar.closest("li").remove(); send(input, form, file, list).then(done); }, 1000 * Math.min(60, Number(request.getResponseHeader("Retry-After")) || 5));
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li[data-kept]");
      const kept = answer?.dataset.kept ? { id: answer.dataset.kept, key: answer.dataset.key } : null;
      shown.end(kept ? list.dataset.done : answer?.textContent.trim() || list.dataset.failed, !kept);
      done(kept);
    });
    request.send(body);
  });
  // A form that is sent while files are on their way waits for them.
  const settled = () => new Promise((done) => {
    const end = () => { document.removeEventListener("htmx:afterSettle", end); done(); };
    document.addEventListener("htmx:afterSettle", end);
    setTimeout(end, 5000);
  });
  let working = null;
  document.addEventListener("submit", (event) => {
    if (!working || !event.target.querySelector("[data-upload]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    working.then(() => target.requestSubmit(submitter?.isConnected ? submitter : undefined));
  }, true);
  // Into the product's gallery. An answer to an earlier step may draw it once more without them: then they are put in again.
  const take = (input, form, kept) => {
    if (input.name === "film_file") { form.querySelector("[name=film]").append(new Option("", kept[0].id, true, true)); return; }
    form.querySelectorAll("input[type=hidden][name=take]").forEach((field) => field.remove());
    const taking = document.getElementById(input.dataset.take);
    kept.forEach((row) => taking.before(Object.assign(document.createElement("input"), { type: "hidden", name: "take", value: row.id })));
  };
  const areTaken = (input, form, kept) => {
    if (input.name === "film_file") return form.querySelector("[name=film]").value === kept[0].id;
    const shots = new Set([...form.querySelectorAll("[name=shot]")].map((field) => field.value));
    return kept.every((row) => shots.has(row.key));
  };
  const sendAll = (input) => {
    const mine = sendEach(input).finally(() => { if (working === mine) working = null; });
    working = mine;
  };
  const sendEach = async (input) => {
    // What the input stands in may be drawn anew meanwhile: its form stays.
    const form = input.closest("form"), list = form.querySelector("[data-uploads]"), waiting = [...input.files], kept = [];
    const own = input.closest("[data-drop], label")?.parentElement.querySelector("[data-uploads]") ?? list;
    input.value = "";
    own.replaceChildren();
    const work = async () => { for (let file = waiting.shift(); file; file = waiting.shift()) { const row = await send(input, form, file, own); if (row) kept.push(row); } };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const wrong = [...own.querySelectorAll(".error")].map((told) => told.closest("li"));
    if (kept.length && input.dataset.take) {
      if (wrong.length) document.addEventListener("htmx:afterSettle", () => document.querySelector("#gallery [data-uploads]")?.replaceChildren(...wrong), { once: true });
      for (let tries = 0; tries === 0 || (tries < 5 && !areTaken(input, form, kept)); tries += 1) {
        take(input, form, kept);
        const drawn = settled();
        document.getElementById(input.dataset.take).click();
        await drawn;
      }
    }
    if (kept.length && input.dataset.refresh) window.htmx?.trigger(document.getElementById(input.dataset.refresh), "submit");
  };
  document.addEventListener("change", (event) => { if (event.target.matches?.("input[type=file][data-upload]") && event.target.files.length) sendAll(event.target); });
  document.addEventListener("dragover", (event) => { if (event.target.closest?.("[data-drop]") && event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const input = event.target.closest?.("[data-drop]")?.querySelector("input[type=file][data-upload]");
    if (!input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    sendAll(input);
  });

  // ── Order of a product's pictures ─────────────────────────────────────────────────────────────────────────────
  let carried = null;
  const number = (list) => list.querySelectorAll("[data-place] input").forEach((field, n) => { field.value = n + 1; });
  const prepare = (root) => {
    hide(root);
    root.querySelectorAll("[data-shot-item]").forEach((item) => {
      const picture = item.querySelector("img");
      picture.draggable = true;
    });
  };
  document.addEventListener("dragstart", (event) => {
    carried = event.target.closest?.("[data-shot-item]") ?? null;
    if (!carried) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.querySelector("[name=shot]").value);
    carried.classList.add("is-carried");
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.("[data-shot-item]");
    if (!carried || !over) return;
    event.preventDefault();
    if (over === carried) return;
    const list = carried.parentElement, items = [...list.children];
    items.indexOf(over) > items.indexOf(carried) ? over.after(carried) : over.before(carried);
  });
  document.addEventListener("dragend", () => {
    if (!carried) return;
    carried.classList.remove("is-carried");
    number(carried.parentElement);
    carried = null;
    document.getElementById("gallery-show")?.click(); // the server draws arrows and the main picture anew
  });
  document.addEventListener("htmx:afterSettle", () => { const gallery = document.getElementById("gallery"); if (gallery) prepare(gallery); });
  prepare(document);

  // ── The frame of a cut ────────────────────────────────────────────────────────────────────────────────────────
  const cropping = document.querySelector("[data-cropping]");
  if (cropping) {
    const stage = cropping.querySelector("[data-stage]"), whole = stage.querySelector("[data-whole]"), canvas = cropping.querySelector("[data-square]");
    const wide = Number(cropping.dataset.width), high = Number(cropping.dataset.height), least = 100;
    const field = (name) => cropping.elements[name], value = (name) => Number(field(name).value) || 0;
    const make = (classes, name) => { const one = document.createElement("div"); one.className = `crop-part ${classes}`; one.dataset.part = name; stage.append(one); return one; };
    const shades = ["t", "b", "l", "r"].map((side) => make("crop-shade", side));
    const frame = make("crop-frame", "frame");
    const corners = ["nw", "ne", "sw", "se"].map((corner) => make("crop-corner", corner));
    const dot = make("crop-dot", "dot");
    let shape = 0;
    const clamp = (number, from, to) => Math.min(Math.max(number, from), Math.max(from, to));
    const put = (one, left, top, width, height) => { one.style.left = `${left}%`; one.style.top = `${top}%`; if (width !== undefined) { one.style.width = `${width}%`; one.style.height = `${height}%`; } };
    const draw = () => {
      const [l, t, w, h] = [value("left") / wide * 100, value("top") / high * 100, value("width") / wide * 100, value("height") / high * 100];
      put(frame, l, t, w, h);
      [[0, 0, 100, t], [0, t + h, 100, 100 - t - h], [0, t, l, h], [l + w, t, 100 - l - w, h]].forEach((box, n) => put(shades[n], ...box));
      [[l, t], [l + w, t], [l, t + h], [l + w, t + h]].forEach((at, n) => put(corners[n], ...at));
      put(dot, l + w * value("across") / 100, t + h * value("down") / 100);
      const side = Math.min(value("width"), value("height"));
      if (!side || !whole.complete) return;
      const x = value("left") + clamp(value("width") * value("across") / 100 - side / 2, 0, value("width") - side), y = value("top") + clamp(value("height") * value("down") / 100 - side / 2, 0, value("height") - side);
      canvas.getContext("2d").drawImage(whole, x * whole.naturalWidth / wide, y * whole.naturalHeight / high, side * whole.naturalWidth / wide, side * whole.naturalHeight / high, 0, 0, 256, 256);
    };
    const set = (box) => {
      const width = clamp(box.width, Math.min(least, wide), wide), height = clamp(box.height, Math.min(least, high), high);
      const whole = { width, height, left: clamp(box.left, 0, wide - width), top: clamp(box.top, 0, high - height) };
      Object.entries(whole).forEach(([name, number]) => { field(name).value = Math.round(number); });
      draw();
    };
    const shaped = (width, height) => {
      if (!shape) return [width, height];
      let w = Math.min(width, wide, high * shape), h = w / shape;
      if (h > high) { h = high; w = h * shape; }
      return [w, h];
    };
    cropping.querySelector("[data-shapes]").hidden = false;
    cropping.querySelector("[data-square-now]").hidden = true;
    canvas.hidden = false;
    cropping.querySelectorAll("[data-shape]").forEach((button) => button.addEventListener("click", () => {
      shape = Number(button.dataset.shape) || 0;
      cropping.querySelectorAll("[data-shape]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      if (!shape) return;
      const [width, height] = shaped(Math.min(wide, high * shape), high);
      set({ left: value("left") + (value("width") - width) / 2, top: value("top") + (value("height") - height) / 2, width, height });
    }));
    let held = null;
    stage.addEventListener("pointerdown", (event) => {
      const part = event.target.dataset?.part;
      if (!part) return;
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      held = { part, x: event.clientX, y: event.clientY, box: { left: value("left"), top: value("top"), width: value("width"), height: value("height") } };
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return;
      const size = stage.getBoundingClientRect(), dx = (event.clientX - held.x) / size.width * wide, dy = (event.clientY - held.y) / size.height * high, { box, part } = held;
      if (part === "dot") {
        const x = (event.clientX - size.left) / size.width * wide, y = (event.clientY - size.top) / size.height * high;
        field("across").value = Math.round(clamp((x - box.left) / box.width, 0, 1) * 1000) / 10;
        field("down").value = Math.round(clamp((y - box.top) / box.height, 0, 1) * 1000) / 10;
        draw();
      } else if (part === "frame") set({ ...box, left: box.left + dx, top: box.top + dy });
      else {
        const east = part.endsWith("e"), south = part.startsWith("s"), right = box.left + box.width, bottom = box.top + box.height;
        let width = clamp(east ? box.width + dx : box.width - dx, Math.min(least, wide), east ? wide - box.left : right);
        let height = clamp(south ? box.height + dy : box.height - dy, Math.min(least, high), south ? high - box.top : bottom);
        if (shape) { if (width / height > shape) width = height * shape; else height = width / shape; }
        set({ left: east ? box.left : right - width, top: south ? box.top : bottom - height, width, height });
      }
    });
    ["pointerup", "pointercancel"].forEach((end) => stage.addEventListener(end, () => { held = null; }));
    cropping.addEventListener("input", draw);
    whole.addEventListener("load", draw);
    draw();
  }

  // ── The poster of a film ──────────────────────────────────────────────────────────────────────────────────────
  const film = document.querySelector("[data-film-shown]"), moment = document.querySelector("[data-take-moment]");
  if (film && moment) {
    moment.hidden = false;
    film.preload = "metadata";
    moment.addEventListener("click", () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: film.videoWidth, height: film.videoHeight });
      if (!canvas.width) { film.play(); return; }
      canvas.getContext("2d").drawImage(film, 0, 0);
      canvas.toBlob((blob) => {
        const files = new DataTransfer();
        files.items.add(new File([blob], "poster.jpg", { type: "image/jpeg" }));
        document.querySelector("[data-film-form] [name=poster_file]").files = files.files;
        moment.replaceChildren(moment.dataset.taken);
      }, "image/jpeg", 0.92);
    });
  }
})();

// The pictures of a product: thumbs that turn the strip, zoom under the pointer, full screen with pinch and wheel. And which
// section of the page one reads. The page works without this file: thumbs lead to pictures, the strip can be pushed.
(() => {
  "use strict";

  const gallery = document.querySelector("[data-gallery]");
  const strip = gallery?.querySelector("[data-strip]");
  const slides = strip ? [...strip.querySelectorAll("[data-slide]")] : []; // pictures, and the film among them
  const shots = slides.filter((slide) => slide.dataset.shot);
  const thumbs = [...(gallery?.querySelectorAll("[data-thumbs] a") ?? [])];
  const counter = gallery?.querySelector("[data-counter]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let now = 0;

  const note = (index) => {
    now = index;
    thumbs.forEach((thumb, n) => (n === index ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
    const isFilm = !slides[index].dataset.shot; // its own controls stand where ours would
    if (counter && slides.length > 1) { counter.hidden = isFilm; counter.replaceChildren(`${index + 1} / ${slides.length}`); }
    gallery.querySelectorAll("[data-fullscreen]").forEach((button) => { button.hidden = isFilm; });
    if (!isFilm) gallery.querySelectorAll("video").forEach((film) => film.pause());
  };
  const turn = (index, how = calm.matches ? "instant" : "smooth") => {
    const next = Math.min(Math.max(index, 0), slides.length - 1);
    strip.scrollTo({ left: slides[next].offsetLeft, behavior: how });
    note(next);
    const thumb = thumbs[next];
    if (thumb) thumb.closest("ul").scrollTo({ left: thumb.offsetLeft - 60, behavior: "instant" });
  };

  if (shots.length) {
    note(0);
    let settling;
    strip.addEventListener("scroll", () => {
      clearTimeout(settling);
      settling = setTimeout(() => note(Math.round(Math.abs(strip.scrollLeft) / strip.clientWidth)), 90);
    }, { passive: true });
    addEventListener("resize", () => turn(now, "instant"));
    thumbs.forEach((thumb, index) => {
      thumb.setAttribute("role", "button");
      thumb.addEventListener("click", (event) => { event.preventDefault(); turn(index); });
      thumb.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -99, End: 99 }[event.key];
        if (event.key === " ") { event.preventDefault(); turn(index); }
        if (!step) return;
        event.preventDefault();
        const next = Math.min(Math.max(index + step, 0), thumbs.length - 1);
        turn(next);
        thumbs[next].focus({ preventScroll: true });
      });
    });

    // The chosen variant's picture, when the choice changes.
    document.addEventListener("htmx:afterSettle", (event) => {
      const key = document.getElementById("offer")?.dataset.picture;
      const index = key ? slides.findIndex((slide) => slide.dataset.shot === key) : -1;
      if (index >= 0 && event.target.id === "offer") turn(index);
    });

    // Zoom under a fine pointer: the picture itself, twice as large, follows it.
    shots.forEach((shot) => {
      const image = shot.querySelector("img");
      const follow = (event) => {
        if (event.pointerType !== "mouse" || calm.matches) return;
        const box = shot.getBoundingClientRect();
        if (image.dataset.large === undefined) { image.dataset.large = ""; image.removeAttribute("srcset"); image.src = shot.href; }
        image.style.transformOrigin = `${((event.clientX - box.left) / box.width) * 100}% ${((event.clientY - box.top) / box.height) * 100}%`;
        image.style.transform = "scale(2.2)";
      };
      shot.addEventListener("pointermove", follow);
      shot.addEventListener("pointerleave", () => { image.style.transform = ""; });
    });

    const viewer = document.querySelector("[data-viewer]");
    const full = gallery.querySelector("[data-fullscreen]");
    full.hidden = false;
    full.addEventListener("click", () => show(Math.max(0, shots.indexOf(slides[now]))));
    shots.forEach((shot, index) => shot.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
    }));

    // Full screen.
    const stage = viewer.querySelector("[data-stage]");
    const image = stage.querySelector("img");
    const said = viewer.querySelector("[data-counter]");
    const LARGEST = 6;
    let scale = 1, x = 0, y = 0, shown = 0;
    const place = () => {
      const spareX = Math.max(0, (stage.clientWidth * (scale - 1)) / 2), spareY = Math.max(0, (stage.clientHeight * (scale - 1)) / 2);
      x = Math.min(Math.max(x, -spareX), spareX);
      y = Math.min(Math.max(y, -spareY), spareY);
      image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    };
    // Scale about a point of the stage, so that what is under the finger stays there.
    const zoom = (to, clientX = stage.clientWidth / 2, clientY = stage.clientHeight / 2) => {
      const next = Math.min(Math.max(to, 1), LARGEST), ratio = next / scale;
      const px = clientX - stage.clientWidth / 2, py = clientY - stage.clientHeight / 2;
      x = px - (px - x) * ratio; y = py - (py - y) * ratio; scale = next;
      place();
    };
    const put = (index) => {
      shown = (index + shots.length) % shots.length;
      scale = 1; x = 0; y = 0;
      image.src = shots[shown].href;
      image.alt = shots[shown].querySelector("img").alt;
      said.replaceChildren(`${shown + 1} / ${shots.length}`);
      said.hidden = shots.length < 2;
      place();
    };
    const show = (index) => { viewer.showModal(); put(index); };
    viewer.addEventListener("close", () => turn(slides.indexOf(shots[shown]), "instant"));
    viewer.addEventListener("click", (event) => {
      const step = event.target.closest("[data-turn]"), size = event.target.closest("[data-scale]");
      if (step) put(shown + Number(step.dataset.turn));
      if (size) zoom(scale * (size.dataset.scale > 0 ? 1.6 : 1 / 1.6));
    });
    viewer.addEventListener("keydown", (event) => {
      const back = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (back && scale === 1) put(shown + back);
      else if (event.key.startsWith("Arrow")) {
        x += { ArrowLeft: 80, ArrowRight: -80 }[event.key] ?? 0; y += { ArrowUp: 80, ArrowDown: -80 }[event.key] ?? 0; place();
      } else if (event.key === "+" || event.key === "=") zoom(scale * 1.6);
      else if (event.key === "-") zoom(scale / 1.6);
      else if (event.key === "0") zoom(1);
      else return;
      event.preventDefault();
    });
    stage.addEventListener("wheel", (event) => { event.preventDefault(); zoom(scale * Math.exp(-event.deltaY / 400), event.clientX, event.clientY); }, { passive: false });

    const fingers = new Map();
    let pinch = 0, startX = 0, moved = 0, tapped = 0;
    const apart = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 1) { startX = event.clientX; moved = 0; }
      if (fingers.size === 2) pinch = apart();
    });
    stage.addEventListener("pointermove", (event) => {
      const finger = fingers.get(event.pointerId);
      if (!finger) return;
      const dx = event.clientX - finger.x, dy = event.clientY - finger.y;
      moved += Math.abs(dx) + Math.abs(dy);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()], wide = apart();
        zoom((scale * wide) / pinch, (a.x + b.x) / 2, (a.y + b.y) / 2);
        pinch = wide;
      } else if (scale > 1) { x += dx; y += dy; place(); }
    });
    const lift = (event) => {
      if (!fingers.delete(event.pointerId) || fingers.size) return;
      const far = event.clientX - startX;
      if (event.type === "pointerup" && scale === 1 && Math.abs(far) > 60 && shots.length > 1) put(shown + (far < 0 ? 1 : -1));
      else if (event.type === "pointerup" && moved < 12) {
        const twice = event.timeStamp - tapped < 320;
        tapped = twice ? 0 : event.timeStamp;
        if (twice) zoom(scale > 1 ? 1 : 2.5, event.clientX, event.clientY);
      }
    };
    stage.addEventListener("pointerup", lift);
    stage.addEventListener("pointercancel", lift);
  }

  // Which section one reads.
  const links = [...document.querySelectorAll("[data-sections] a")];
  const sections = links.map((link) => document.querySelector(link.hash)).filter(Boolean);
  if (sections.length && "IntersectionObserver" in window) {
    const seen = new Set();
    const watch = new IntersectionObserver((entries) => {
      entries.forEach((entry) => (entry.isIntersecting ? seen.add(entry.target) : seen.delete(entry.target)));
      const first = sections.find((section) => seen.has(section));
      if (first) links.forEach((link) => (link.hash === `#${first.id}` ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    }, { rootMargin: "-64px 0px -55% 0px" });
    sections.forEach((section) => watch.observe(section));
  }
})();

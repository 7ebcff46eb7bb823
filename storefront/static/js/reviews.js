// Reviews: pictures enlarge in a dialog, chosen stars are named, chosen files are shown. Every page works without this file.
(() => {
  "use strict";

  const zoom = document.getElementById("zoom");
  let group = [], at = 0;
  const show = (n) => {
    at = (n + group.length) % group.length;
    zoom.querySelector("img").src = group[at].href;
    zoom.querySelector("[data-zoom-count]").replaceChildren(`${at + 1} / ${group.length}`);
    zoom.querySelectorAll("[data-zoom-by]").forEach((button) => { button.hidden = group.length < 2; });
    zoom.querySelector("[data-zoom-count]").hidden = group.length < 2;
  };
  if (zoom) {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-zoom]");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        group = [...link.closest("[data-zoom-group]").querySelectorAll("[data-zoom]")];
        show(group.indexOf(link));
        zoom.showModal();
      }
      const step = event.target.closest("[data-zoom-by]");
      if (step) show(at + Number(step.dataset.zoomBy));
    });
    zoom.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by && group.length > 1) { event.preventDefault(); show(at + by); }
    });
  }

  const name = (field) => { field.querySelector("[data-stars-word]").value = field.querySelector(":checked")?.dataset.word || ""; };
  document.querySelectorAll("[data-stars]").forEach(name);

  // Small copies of what was chosen: whole photographs would fill the memory of a telephone.
  const preview = async (box) => {
    const list = box.querySelector("[data-previews]"), input = box.querySelector("input[type=file]"), most = Number(box.dataset.most);
    if (input.files.length > most) {
      const kept = new DataTransfer();
      [...input.files].slice(0, most).forEach((file) => kept.items.add(file));
      input.files = kept.files;
      box.querySelector(".hint")?.replaceChildren(box.dataset.tooMany);
    }
    list.replaceChildren();
    for (const file of input.files) {
      try {
        const bitmap = await createImageBitmap(file, { resizeWidth: 96 });
        const canvas = document.createElement("canvas");
        canvas.width = bitmap.width;
        canvas.height = bitmap.height;
        canvas.getContext("2d").drawImage(bitmap, 0, 0);
        const picture = document.createElement("img"), item = document.createElement("li");
        picture.src = canvas.toDataURL("image/jpeg", 0.8);
        picture.alt = "";
        picture.className = "size-18 rounded-md object-cover border border-line";
        item.append(picture);
        list.append(item);
      } catch { /* no picture: the server says so */ }
    }
  };

  document.addEventListener("change", (event) => {
    const field = event.target.closest("[data-stars]");
    if (field) name(field);
    const box = event.target.closest("[data-pictures]");
    if (box) preview(box);
  });
})();

// Copying an address, the system's own way to share, and a poster saved as a picture that every phone can keep.
(() => {
  "use strict";

  const ready = (root) => {
    root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !navigator.clipboard; });
    root.querySelectorAll("[data-system-share]").forEach((button) => { button.hidden = !navigator.share; });
  };
  ready(document);
  document.addEventListener("htmx:afterSwap", (event) => ready(event.target));

  const saved = async (image) => {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width = 1500;
    canvas.height = image.height = 2360;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  };

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const field = document.querySelector(copy.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      copy.querySelectorAll("span").forEach((word) => { word.hidden = !("done" in word.dataset); });
    }
    const send = event.target.closest("[data-system-share]");
    if (send) navigator.share({ title: send.dataset.title, url: send.dataset.url }).catch(() => {});
    const save = event.target.closest("[data-save]");
    if (save) {
      event.preventDefault();
      const image = new Image();
      image.src = save.href;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await saved(image));
      link.download = save.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }
  });
})();

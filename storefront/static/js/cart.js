// A shop of whose goods some are chosen: HTML has no attribute for the state between on and off.
(() => {
  "use strict";
  const mix = (root) => root.querySelectorAll("[data-some]").forEach((box) => { box.indeterminate = true; });
  mix(document);
  document.addEventListener("htmx:afterSwap", (event) => mix(event.target));
})();

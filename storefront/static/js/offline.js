// The market can be installed, and says so itself when there is no connection (storefront/reach/pwa.py).
(() => {
  "use strict";
  if ("serviceWorker" in navigator) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
})();

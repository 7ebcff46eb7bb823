// Many submissions by keyboard: j and k go on and back, a digit chooses for the one in focus and goes on, r opens its remarks, Ctrl or ⌘ with Enter decides them all.
(() => {
  "use strict";
  const form = document.querySelector("form[data-many]");
  if (!form) return;
  const cases = [...form.querySelectorAll("[data-case]")];
  for (const one of cases) one.tabIndex = -1;
  const at = () => cases.findIndex((one) => one.contains(document.activeElement));
  const go = (place) => {
    const one = cases[Math.min(Math.max(place, 0), cases.length - 1)];
    one.focus({ preventScroll: true });
    one.scrollIntoView({ block: "start" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.getElementById("decide-all").click();
      return;
    }
    const isWriting = event.target.matches("input:not([type=radio]), textarea, select");
    if (event.key === "Enter" && isWriting) {
      event.preventDefault();
      go(at() + 1);
      return;
    }
    if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = at();
    if (event.key === "j") go(here + 1);
    else if (event.key === "k") go(here - 1);
    else if (event.key === "r" && here >= 0) {
      event.preventDefault();
      const remarks = cases[here].querySelector("[data-remarks]");
      if (!remarks) return;  // nothing of it differs
      remarks.open = true;
      remarks.querySelector("input").focus();
    }
    else if (/^[0-3]$/.test(event.key) && here >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const choice = cases[here].querySelector(`[data-choice="${event.key}"]`);
      choice.checked = true;
      if (event.key === "2" || event.key === "3") cases[here].querySelector("[data-reason]").focus();
      else go(here + 1);
    }
  }, true);
  go(0);
})();

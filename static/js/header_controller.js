// The header's menu on narrow screens.
// data-header: the header; data-open="1" on it while the menu is open · data-nav-toggle: the button
(function () {
  "use strict";
  const header = document.querySelector("[data-header]");
  const toggle = document.querySelector("[data-nav-toggle]");
  if (!header || !toggle) return;

  function show(open) {
    header.dataset.open = open ? "1" : "0";
    toggle.setAttribute("aria-expanded", String(open));
  }

  toggle.addEventListener("click", function () {
    show(header.dataset.open !== "1");
  });
  header.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && header.dataset.open === "1") {
      show(false);
      toggle.focus();
    }
  });
})();

// Long tables in folds: open as they come, closed on a narrow screen, opened again for an anchor inside them.
// data-fold: a <details> that may be closed
(function () {
  "use strict";
  const folds = Array.from(document.querySelectorAll("[data-fold]"));

  function named(hash) {
    try {
      return hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
    } catch {
      return null; // a broken address names nothing
    }
  }
  function reveal(hash) {
    const target = named(hash);
    for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    return target;
  }

  if (window.matchMedia("screen and (max-width: 760px)").matches) folds.forEach((box) => { box.open = false; });
  const target = reveal(window.location.hash);
  if (target && folds.length) target.scrollIntoView();
  window.addEventListener("hashchange", () => reveal(window.location.hash));
  // before the browser follows the link: a second click on the same anchor changes no hash
  document.addEventListener("click", function (event) {
    const link = event.defaultPrevented ? null : event.target.closest("a[href^='#']");
    if (link) reveal(link.getAttribute("href"));
  });
})();

// A few words beside what the pointer or the focus is on: whole lines of text, never in the pointer's way. What it says
// stands in the aria-label of its subject too, so it is hidden from a screen reader.
// data-tip: the box
(function () {
  "use strict";
  const h = OneMap.h;
  const box = document.querySelector("[data-tip]");
  const AWAY_PX = 14;

  OneMap.tip = {
    // lines: the first stands out; x, y: in the map's box
    show: function (lines, x, y) {
      box.replaceChildren(
        ...lines.filter(Boolean).map(function (line, order) {
          return h("p", { class: order ? null : "tip__title" }, line);
        })
      );
      box.hidden = false;
      const room = box.parentElement.getBoundingClientRect();
      const left = x + AWAY_PX + box.offsetWidth > room.width ? x - AWAY_PX - box.offsetWidth : x + AWAY_PX;
      const top = y + AWAY_PX + box.offsetHeight > room.height ? y - AWAY_PX - box.offsetHeight : y + AWAY_PX;
      box.style.left = Math.max(4, left) + "px";
      box.style.top = Math.max(4, top) + "px";
    },
    // beside an element
    beside: function (lines, element) {
      const room = box.parentElement.getBoundingClientRect();
      const rect = element.getBoundingClientRect();
      OneMap.tip.show(lines, rect.right - room.left - AWAY_PX / 2, rect.bottom - room.top - AWAY_PX / 2);
    },
    hide: function () {
      box.hidden = true;
    },
  };
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !box.hidden) OneMap.tip.hide();
  });
})();

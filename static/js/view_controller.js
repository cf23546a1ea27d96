// How the page stands: date and theme selectors, the drawer of a phone, the sheet for paper.
// data-as-of-select, data-theme-select: the <select>s · data-drawer-toggle: opens the side column on a phone ·
// data-legend-toggle: opens the legend on a phone · data-options: the selectors, in data-controls on a wide screen, in
// data-options-phone (the drawer) on a narrow one · data-print: prints · data-leave-print: back to the light theme
(function () {
  "use strict";
  const h = OneMap.h;
  const asOf = document.querySelector("[data-as-of-select]");
  const theme = document.querySelector("[data-theme-select]");
  const drawer = document.querySelector("[data-drawer-toggle]");
  const legend = document.querySelector("[data-legend-toggle]");
  const side = document.querySelector("[data-side]");
  let beforePrinting = null;

  function follow() {
    const state = OneMap.state.get();
    theme.value = state.theme;
    const today = asOf.dataset.today;
    const wanted = state.as_of || today;
    const known = Array.from(asOf.options).some(function (option) {
      return option.value === wanted;
    });
    if (wanted && !known && !OneMap.exported) asOf.append(h("option", { value: wanted }, wanted));
    asOf.value = wanted;
  }

  asOf.addEventListener("change", function () {
    OneMap.state.set({ as_of: asOf.value === asOf.dataset.today ? null : asOf.value }, { push: true });
  });
  theme.addEventListener("change", function () {
    OneMap.state.set({ theme: theme.value }, { push: true });
  });
  OneMap.on("state", follow);
  follow();

  const options = document.querySelector("[data-options]");
  function houseOptions() {
    document.querySelector(OneMap.narrow.matches ? "[data-options-phone]" : "[data-controls]").append(options);
  }
  OneMap.narrow.addEventListener("change", houseOptions);
  houseOptions();

  function openDrawer(open) {
    OneMap.root.dataset.drawer = open ? "open" : "closed";
    drawer.setAttribute("aria-expanded", String(open));
  }
  drawer.addEventListener("click", function () {
    openDrawer(OneMap.root.dataset.drawer !== "open");
    if (OneMap.root.dataset.drawer === "open") side.querySelector("input, select, button").focus();
  });
  side.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && OneMap.root.dataset.drawer === "open" && !event.defaultPrevented) {
      event.preventDefault();
      openDrawer(false);
      drawer.focus();
    }
  });
  ["panel", "chosen"].forEach(function (name) {
    OneMap.on(name, function (event) {
      if (name === "chosen" || event.open) openDrawer(false);
    });
  });
  legend.addEventListener("click", function () {
    const open = OneMap.root.dataset.legend !== "open";
    OneMap.root.dataset.legend = open ? "open" : "closed";
    legend.setAttribute("aria-expanded", String(open));
    OneMap.labels.place();
  });

  document.querySelector("[data-print]").addEventListener("click", function () {
    window.print();
  });
  document.querySelector("[data-leave-print]").addEventListener("click", function () {
    OneMap.state.set({ theme: "light" }, { push: true });
  });
  // Any theme prints as the sheet: white, patterns, with title, date, legend, scale and sources.
  window.addEventListener("beforeprint", function () {
    beforePrinting = OneMap.theme();
    OneMap.root.dataset.paper = "1";
    document.documentElement.dataset.theme = "print";
    OneMap.emit("theme", {});
  });
  window.addEventListener("afterprint", function () {
    delete OneMap.root.dataset.paper;
    document.documentElement.dataset.theme = beforePrinting || "light";
    OneMap.emit("theme", {});
  });
})();

// Small helps of the pages. Everything folded is unfolded on paper.
// data-print: a button that prints, hidden without script · data-day-form: sent as soon as a day is chosen ·
// data-busy: shown in a form that was sent and is still waited for
(function () {
  "use strict";
  const BUSY_MS = 800;
  document.querySelectorAll("[data-busy]").forEach(function (note) {
    const form = note.closest("form");
    const show = (isBusy) => {
      note.hidden = !isBusy;
      form.querySelectorAll("button").forEach((button) => { button.disabled = isBusy; });
    };
    form.addEventListener("submit", () => window.setTimeout(() => show(true), BUSY_MS));
    window.addEventListener("pageshow", () => show(false));
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  document.querySelectorAll("[data-day-form]").forEach(function (form) {
    form.querySelector("select").addEventListener("change", () => form.requestSubmit());
    form.querySelector("button").hidden = true;
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach((box) => { box.open = true; });
  });
})();

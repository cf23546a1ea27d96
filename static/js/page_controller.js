// Small helps of the pages. Everything folded is unfolded on paper.
// data-print: a button that prints, hidden without script · data-day-form: sent as soon as a day is chosen
(function () {
  "use strict";
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

// Filters the rows of a page without a reload; without script the form does the same on the server.
// data-filter: what holds form and rows · data-filter-form: the form · data-filter-text, data-filter-kind: its fields
// data-filter-reload: a field that needs the server · data-filter-row with data-text (folded) and data-kind: a row
// data-filter-details: opened while a text is looked for
// data-filter-group: hidden while none of its rows is left · data-filter-shown: the count · data-filter-empty: the empty state
(function () {
  "use strict";

  function fold(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  function matches(row, words, kind) {
    return (!kind || row.dataset.kind === kind) && words.every((word) => row.dataset.text.includes(word));
  }

  function bind(root) {
    const form = root.querySelector("[data-filter-form]");
    const text = root.querySelector("[data-filter-text]");
    const kind = root.querySelector("[data-filter-kind]");
    const rows = Array.from(root.querySelectorAll("[data-filter-row]"));
    const groups = Array.from(root.querySelectorAll("[data-filter-group]"));
    const details = Array.from(root.querySelectorAll("[data-filter-details]"));
    const shown = root.querySelector("[data-filter-shown]");
    const empty = root.querySelector("[data-filter-empty]");

    function apply() {
      const words = fold(text.value).split(/\s+/).filter(Boolean);
      const wanted = kind ? kind.value : "";
      let count = 0;
      rows.forEach(function (row) {
        row.hidden = !matches(row, words, wanted);
        if (!row.hidden) count += 1;
      });
      groups.forEach(function (group) {
        group.hidden = !group.querySelector("[data-filter-row]:not([hidden])");
      });
      if (words.length > 0) details.forEach((box) => { box.open = true; });
      shown.textContent = String(count);
      empty.hidden = count > 0;
      keep(words.length > 0 ? text.value.trim() : "", wanted);
    }

    function keep(query, wanted) {
      const url = new URL(window.location.href);
      [["q", query], ["kind", wanted]].forEach(function ([name, value]) {
        if (value) url.searchParams.set(name, value);
        else url.searchParams.delete(name);
      });
      window.history.replaceState(null, "", url);
      const other = document.querySelector("[data-language-link]");
      if (other) other.search = url.search;
    }

    text.addEventListener("input", apply);
    if (kind) kind.addEventListener("change", apply);
    form.querySelectorAll("[data-filter-reload]").forEach(function (field) {
      field.addEventListener("change", () => form.requestSubmit());
    });
  }

  document.querySelectorAll("[data-filter]").forEach(bind);
})();

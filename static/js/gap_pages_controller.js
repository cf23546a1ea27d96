// Helps of the pages on chain gaps; all of them work without.
// data-ask: a form that is sent as soon as one of its data-ask-again fields is chosen; data-ask-node is emptied with it
// data-matrix: the box of the matrix; one cell is reached by Tab, the others by the arrow keys, Home and End
// data-copy: a button, hidden without script, that copies the value of the field whose id it names
// data-copied: what it says once that is done
(function () {
  "use strict";

  document.querySelectorAll("[data-ask]").forEach(function (form) {
    form.querySelectorAll("[data-ask-again]").forEach(function (field) {
      field.addEventListener("change", function () {
        const node = form.querySelector("[data-ask-node]");
        if (node && field.name === "chain") node.value = "";
        form.requestSubmit();
      });
    });
  });

  document.querySelectorAll("[data-matrix]").forEach(function (box) {
    const rows = Array.from(box.querySelectorAll("tbody tr"), (row) => Array.from(row.cells, (cell) => cell.querySelector("a")));
    const links = rows.flat().filter(Boolean);
    links.forEach((link, index) => { link.tabIndex = index === 0 ? 0 : -1; });

    function next(row, column, down, right) {
      for (let r = row + down, c = column + right; rows[r] && c >= 0 && c < rows[r].length; r += down, c += right)
        if (rows[r][c]) return rows[r][c];
      return null;
    }

    function end(row, isLast) {
      const found = rows[row].filter(Boolean);
      return found[isLast ? found.length - 1 : 0];
    }

    box.addEventListener("keydown", function (event) {
      const link = event.target.closest("tbody a");
      if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
      const row = rows.findIndex((found) => found.includes(link));
      const column = rows[row].indexOf(link);
      const target = {
        ArrowRight: () => next(row, column, 0, 1),
        ArrowLeft: () => next(row, column, 0, -1),
        ArrowDown: () => next(row, column, 1, 0),
        ArrowUp: () => next(row, column, -1, 0),
        Home: () => end(row, false),
        End: () => end(row, true),
      }[event.key];
      if (!target) return;
      event.preventDefault();
      const to = target();
      if (!to) return;
      link.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
      to.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  });

  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async function () {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = button.dataset.copied;
      } catch {
        field.focus(); // selected, for Ctrl+C
      }
    });
  });
})();

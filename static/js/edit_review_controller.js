// What the checks say of the edits, asked a moment after each step; dividing and merging, which the server works out.
// data-findings, data-merge, data-findings-none, data-findings-note · on [data-editor]: data-review-url, data-split-url, data-merge-url
(function () {
  "use strict";
  const edit = OneMap.edit;
  const store = edit.store;
  const t = OneMap.t;
  const h = OneMap.h;
  const root = document.querySelector("[data-editor]");
  const list = document.querySelector("[data-findings]");
  const none = document.querySelector("[data-findings-none]");
  const WAIT_MS = 500;
  const OVERSHOOT_DEGREES = 1e-7; // a centimetre
  const SEVERITIES = { reject: ["必须改", "Must be mended"], ask: ["请回答", "Please answer"], repair: ["请确认", "Please confirm"], warning: ["请留意", "Please note"] };
  let timer = null;
  let asked = 0;

  // The edits as the server takes them.
  edit.edits = function () {
    const items = store.now().items;
    return Object.keys(items).map(function (key) {
      const item = items[key];
      return {
        code: item.code,
        name: item.name,
        action: item.version === null ? "add" : item.shape ? "change" : "remove",
        base_version: item.version,
        geometry: item.shape ? edit.shape.close(item.shape) : null,
      };
    });
  };

  function entry(finding) {
    const severity = SEVERITIES[finding.severity];
    const words = h("span", {}, t(finding.message_zh, finding.message_en));
    const badge = h("span", { class: "badge edit-finding__kind" }, t(severity[0], severity[1]));
    if (!finding.lonlat) return h("li", { class: "edit-finding edit-finding--" + finding.severity }, badge, " ", words);
    const go = h("button", { type: "button", class: "edit-finding__go" }, badge, " ", words);
    go.addEventListener("click", () => window.map_onemap.setView([finding.lonlat[1], finding.lonlat[0]], Math.max(window.map_onemap.getZoom(), 16), { animate: false }));
    return h("li", { class: "edit-finding edit-finding--" + finding.severity }, go);
  }
  edit.showFindings = function (findings) {
    list.replaceChildren(...findings.map(entry));
    none.hidden = findings.length > 0;
    none.textContent = store.isUnsaved() ? t("检查过，没有问题。", "Checked, nothing to mend.") : t("还没有改动。", "Nothing changed yet.");
    root.dataset.reviewed = String(asked);
  };
  function review() {
    const edits = edit.edits();
    const ticket = (asked += 1);
    if (!edits.length) return edit.showFindings([]);
    none.hidden = false;
    none.textContent = t("正在检查…", "Checking…");
    edit.source
      .post(root.dataset.reviewUrl, { layer: edit.layer, edits: edits })
      .then((told) => ticket === asked && edit.showFindings(told.findings))
      .catch(function (fault) {
        if (ticket === asked) none.textContent = t("没有检查成：", "Not checked: ") + fault.message;
      });
  }
  OneMap.on("edit-step", function () {
    clearTimeout(timer);
    timer = setTimeout(review, WAIT_MS);
  });

  // ---- dividing and merging ----------------------------------------------------------------------------------------

  // a line that ends on the border by snapping may end a hair before it
  function beyond(end, before) {
    const length = Math.hypot(end[0] - before[0], end[1] - before[1]);
    return length ? [end[0] + ((end[0] - before[0]) / length) * OVERSHOOT_DEGREES, end[1] + ((end[1] - before[1]) / length) * OVERSHOOT_DEGREES] : end;
  }
  OneMap.on("edit-split", function (event) {
    const key = store.now().chosen;
    const feature = store.feature(key);
    const drawn = event.line;
    if (drawn.length < 2) return edit.say(t("分割线至少两个点。", "A dividing line has at least two points."), true);
    const line = [beyond(drawn[0], drawn[1]), ...drawn.slice(1, -1), beyond(drawn[drawn.length - 1], drawn[drawn.length - 2])];
    edit.source
      .post(root.dataset.splitUrl, { geometry: edit.shape.close(feature.shape), line: line })
      .then(function (told) {
        const state = store.now();
        const shapes = told.parts.map(edit.shape.open);
        let items = store.withItem(state.items, key, { shape: shapes[0] });
        shapes.slice(1).forEach(function (shape, at) {
          items = store.withItem(items, store.newKey(), { code: feature.code + "-" + (at + 2), name: feature.name + t("（" + (at + 2) + "）", " (" + (at + 2) + ")"), version: null, shape: shape });
        });
        edit.view.chooseCorner(null);
        store.step(["分割", "Split"], { items: items, tool: "edit", path: [] });
        edit.say(t("分成 " + shapes.length + " 块：大的一块保留编码，请核对新块的编码和名称。", "Split into " + shapes.length + ": the largest keeps the code; check the codes and names of the new ones."));
      })
      .catch((fault) => edit.say(fault.message, true));
  });
  document.querySelector("[data-merge]").addEventListener("click", function () {
    const asking = store.now();
    const keys = [asking.chosen].concat(asking.picked);
    edit.source
      .post(root.dataset.mergeUrl, { geometries: keys.map((key) => edit.shape.close(store.shape(key))) })
      .then(function (told) {
        const state = store.now();
        let items = store.withItem(state.items, asking.chosen, { shape: edit.shape.open(told.geometry) });
        asking.picked.forEach(function (key) {
          if (store.published.has(key)) items = store.withItem(items, key, { shape: null });
          else delete items[key];
        });
        edit.view.chooseCorner(null);
        store.step(["合并", "Merged"], { items: items, tool: "edit", picked: [] });
        edit.say(t("已并入“" + edit.nameOf(asking.chosen) + "”。", "Taken into " + edit.nameOf(asking.chosen) + "."));
      })
      .catch((fault) => edit.say(fault.message, true));
  });
})();

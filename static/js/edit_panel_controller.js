// Beside the map: tools, the chosen outline with its area and the chosen corner's coordinates, the list of things.
// data-tool="edit|draw|split|merge" · data-undo · data-redo · data-snapping · data-hint: what the pointer is drawn to ·
// data-edit-status: what happened, told · data-chosen (data-name, data-code, data-version, data-area, data-area-before) ·
// data-remove · data-restore · data-corner (data-corner-no, data-lon, data-lat, data-corner-insert, data-corner-remove) ·
// data-path-form: a corner of what is drawn by its coordinates · data-finish · data-give-up · data-picked, data-merge ·
// data-things, data-thing, data-things-filter: what there is of the layer · data-crowd: too many corners to show
(function () {
  "use strict";
  const edit = OneMap.edit;
  const store = edit.store;
  const t = OneMap.t;
  const h = OneMap.h;
  const map = window.map_onemap;
  const one = (name) => document.querySelector("[data-" + name + "]");
  const status = one("edit-status");
  const hint = one("hint");
  const narrow = OneMap.narrow;
  const COORDINATE = /^-?\d{1,3}(\.\d+)?$/;

  edit.isLookOnly = function () {
    return narrow.matches;
  };
  edit.say = function (words, isBad) {
    status.textContent = words;
    status.classList.toggle("edit-status--bad", Boolean(isBad));
  };
  edit.areaWords = function (squareMetres) {
    const mu = OneMap.number((squareMetres * 15) / 10000, 2);
    const ha = OneMap.number(squareMetres / 10000, 4);
    return t(mu + " 亩（" + ha + " 公顷）", ha + " ha (" + mu + " mu)");
  };
  edit.nameOf = function (key) {
    const feature = store.feature(key);
    return (feature && (feature.name || feature.code)) || t("未命名", "unnamed");
  };
  edit.undo = function () {
    const label = store.undo();
    if (label) edit.say(t("已撤销：" + label[0], "Undone: " + label[1]));
  };
  edit.redo = function () {
    const label = store.redo();
    if (label) edit.say(t("已重做：" + label[0], "Done again: " + label[1]));
  };

  // ---- tools -------------------------------------------------------------------------------------------------------

  const HINTS = {
    edit: ["点选一条边界，拖动顶点；拖动边上的小点可插入顶点。按住 Alt 不吸附。", "Choose an outline and drag its corners; drag a small dot on an edge to put a corner in. Alt: no snapping."],
    draw: ["逐点点击画出边界；双击、回车或点回起点结束，退格撤销一点，Esc 放弃。", "Click corner by corner; double click, Enter or the first corner ends, Backspace takes one back, Escape gives up."],
    split: ["画一条线穿过所选边界，两端在界外或边界上；双击或回车分割。", "Draw a line right across the chosen outline, from outside to outside; double click or Enter splits."],
    merge: ["点选要并入的边界，再按“合并”。所选边界的编码和名称保留。", "Choose the outlines to be taken in, then press Merge. The chosen outline keeps its code and name."],
  };
  document.querySelectorAll("[data-tool]").forEach(function (button) {
    button.addEventListener("click", function () {
      const tool = button.dataset.tool;
      if ((tool === "split" || tool === "merge") && !(store.now().chosen && store.shape(store.now().chosen))) {
        edit.say(t("请先选一条边界。", "Choose an outline first."), true);
        return;
      }
      store.look({ tool: tool, path: [], picked: [], chosen: tool === "draw" ? null : store.now().chosen });
      edit.view.point(null);
      edit.say(t(HINTS[tool][0], HINTS[tool][1]));
      if (tool === "draw" || tool === "split") map.getContainer().focus();
    });
  });
  one("undo").addEventListener("click", edit.undo);
  one("redo").addEventListener("click", edit.redo);
  one("snapping").addEventListener("change", (event) => (edit.snap.isOn = event.target.checked));
  OneMap.on("edit-snapped", function (event) {
    const snapped = event.snapped;
    hint.hidden = !snapped || snapped.kind === "free";
    if (hint.hidden) return;
    const name = snapped.name || t("起点", "the first corner");
    hint.textContent = snapped.kind === "corner" ? t("吸附到顶点：" + name, "Snapped to a corner: " + name) : t("吸附到边：" + name, "Snapped to an edge: " + name);
  });
  OneMap.on("edit-crowd", (event) => (one("crowd").hidden = !event.isCrowd));

  // ---- choosing ----------------------------------------------------------------------------------------------------

  edit.choose = function (key) {
    const state = store.now();
    if (state.tool === "merge") {
      if (key === state.chosen) return;
      const picked = state.picked.includes(key) ? state.picked.filter((other) => other !== key) : state.picked.concat([key]);
      store.look({ picked: picked });
      return;
    }
    edit.view.chooseCorner(null);
    store.look({ chosen: key, tool: "edit" });
    const here = new URL(window.location);
    if (store.published.has(key)) here.searchParams.set("code", key);
    else here.searchParams.delete("code");
    window.history.replaceState(null, "", here);
  };
  OneMap.on("edit-choose", (event) => edit.choose(event.key));
  OneMap.on("edit-drawn", function () {
    one("name").focus();
    edit.say(t("画好了：请填名称和编码。", "Drawn: give it a name and a code."));
  });

  // ---- the chosen outline ------------------------------------------------------------------------------------------

  function fill(input, value) {
    if (document.activeElement !== input) input.value = value;
  }
  function showArea() {
    const key = store.now().chosen;
    const shape = key && (edit.view.previewed(key) || store.shape(key));
    if (!shape) return;
    const squareMetres = edit.shape.area(shape);
    one("area").textContent = edit.areaWords(squareMetres);
    one("area").dataset.squareMetres = squareMetres.toFixed(1);
    const published = store.published.get(key);
    const difference = published ? squareMetres - edit.shape.area(published.shape) : 0;
    const share = published ? (difference / edit.shape.area(published.shape)) * 100 : 0;
    const isChanged = Math.abs(difference) >= 0.5;
    one("area-before").textContent = isChanged
      ? t("比已发布的", "Against what is published: ") + (difference > 0 ? "+" : "−") + edit.areaWords(Math.abs(difference)) + " · " + (share > 0 ? "+" : "−") + OneMap.number(Math.abs(share), 2) + "%"
      : "";
  }
  function showChosen() {
    const key = store.now().chosen;
    const feature = key && store.feature(key);
    one("chosen").hidden = !feature;
    one("nothing-chosen").hidden = Boolean(feature);
    if (!feature) return;
    const isNew = feature.version === null;
    one("chosen-title").textContent = edit.nameOf(key);
    fill(one("name"), feature.name);
    fill(one("code"), feature.code);
    one("name").readOnly = edit.isLookOnly() || (!isNew && edit.layer !== "plots"); // of the others outlines alone are published
    one("code").readOnly = edit.isLookOnly() || !isNew;
    one("version").textContent = isNew ? t("新画，尚未发布", "Drawn here, not published") : t("所据版本：第 " + feature.version + " 版", "Based on version " + feature.version);
    one("remove").hidden = !feature.shape || isNew;
    one("restore").hidden = !store.isChanged(key);
    one("restore").textContent = isNew ? t("不要这条", "Drop it") : t("恢复为已发布的", "Back to what is published");
    one("removed-note").hidden = Boolean(feature.shape);
    one("area-row").hidden = !feature.shape;
    showArea();
    showCorner();
  }
  function showCorner() {
    const at = edit.view.corner();
    const key = store.now().chosen;
    const lonlat = at && key && store.shape(key) ? edit.shape.corner(store.shape(key), at) : null;
    one("corner").hidden = !lonlat;
    if (!lonlat) return;
    one("corner-no").textContent = at[2] + 1;
    fill(one("lon"), lonlat[0].toFixed(9));
    fill(one("lat"), lonlat[1].toFixed(9));
  }
  ["name", "code"].forEach(function (field) {
    one(field).addEventListener("change", function (event) {
      const state = store.now();
      const value = event.target.value.trim();
      const label = field === "name" ? ["改名", "Renamed"] : ["改编码", "Code changed"];
      if (state.chosen && store.feature(state.chosen)[field] !== value) store.step(label, { items: store.withItem(state.items, state.chosen, { [field]: value }) });
    });
  });
  one("remove").addEventListener("click", function () {
    const state = store.now();
    const feature = store.feature(state.chosen);
    if (feature.version === null) return takeBack();
    store.step(["删除边界", "Outline removed"], { items: store.withItem(state.items, state.chosen, { shape: null }) });
    edit.say(t("保存后，“" + edit.nameOf(state.chosen) + "”将列为取消。", "When saved, " + edit.nameOf(state.chosen) + " will be listed as removed."));
  });
  one("restore").addEventListener("click", takeBack);
  function takeBack() {
    const state = store.now();
    const items = Object.assign({}, state.items);
    delete items[state.chosen];
    store.step(["恢复", "Taken back"], { items: items, chosen: store.published.has(state.chosen) ? state.chosen : null });
  }
  function coordinates(form) {
    const values = [...form.querySelectorAll("input")].map((input) => input.value.trim());
    if (values.every((value) => COORDINATE.test(value)) && Math.abs(values[0]) <= 180 && Math.abs(values[1]) <= 90) return values.map(Number);
    edit.say(t("经纬度应为度，如 117.07 与 28.26。", "Longitude and latitude are degrees, e.g. 117.07 and 28.26."), true);
    return null;
  }
  one("corner").addEventListener("submit", function (event) {
    event.preventDefault();
    const lonlat = coordinates(event.target);
    if (lonlat) edit.corners.moveTo(lonlat);
  });
  one("corner-insert").addEventListener("click", () => edit.corners.insert());
  one("corner-remove").addEventListener("click", () => edit.corners.remove());
  one("corner-next").addEventListener("click", () => edit.corners.go(1));
  one("corner-previous").addEventListener("click", () => edit.corners.go(-1));
  one("path-form").addEventListener("submit", function (event) {
    event.preventDefault();
    const lonlat = coordinates(event.target);
    if (lonlat) edit.draw.add(lonlat);
  });
  one("finish").addEventListener("click", () => edit.draw.finish());
  one("give-up").addEventListener("click", () => edit.draw.giveUp());

  // ---- what there is -----------------------------------------------------------------------------------------------

  const list = one("things");
  const filter = one("things-filter");
  let asked = 0;
  function showThings() {
    const ticket = (asked += 1);
    return edit.source
      .things(filter.value.trim())
      .then(function (told) {
        if (ticket !== asked) return;
        list.replaceChildren(...told.items.map(entry));
        one("things-rest").hidden = told.total <= told.items.length;
        one("things-rest").textContent = t("另有 " + (told.total - told.items.length) + " 条，请输入名称或编码查找。", told.total - told.items.length + " more: type a name or a code.");
        one("things-none").hidden = told.items.length > 0;
        mark();
      })
      .catch((fault) => edit.say(t("名单没有载入：", "The list did not load: ") + fault.message, true));
  }
  function entry(thing) {
    const button = h("button", { type: "button", class: "edit-thing", "data-thing": thing.code }, h("span", { class: "edit-thing__name" }, thing.name), h("span", { class: "note" }, thing.code + (thing.version ? "" : t(" · 没有边界", " · no outline"))));
    button.addEventListener("click", () => open(thing));
    return h("li", {}, button);
  }
  function open(thing) {
    if (store.feature(thing.code)) return show(thing.code);
    if (!thing.version) return drawFor(thing);
    edit.source
      .feature(thing.code)
      .then(() => show(thing.code))
      .catch((fault) => edit.say(fault.message, true));
  }
  function show(key) {
    edit.choose(key);
    if (store.shape(key)) edit.view.goTo(store.shape(key));
  }
  // a thing that has no outline yet: what is drawn next is its
  let drawsFor = null;
  function drawFor(thing) {
    if (edit.isLookOnly()) return;
    drawsFor = thing;
    store.look({ tool: "draw", path: [], picked: [], chosen: null });
    edit.say(t("“" + thing.name + "”还没有边界：在图上画出来。", thing.name + " has no outline yet: draw it on the map."));
  }
  OneMap.on("edit-drawn", function (event) {
    if (!drawsFor) return;
    const items = store.now().items;
    store.step(["填入名称", "Named"], { items: store.withItem(items, event.key, { code: drawsFor.code, name: drawsFor.name }) });
    drawsFor = null;
  });
  filter.addEventListener("input", showThings);
  function mark() {
    const state = store.now();
    list.querySelectorAll("[data-thing]").forEach(function (button) {
      const key = button.dataset.thing;
      button.setAttribute("aria-pressed", String(state.chosen === key || state.picked.includes(key)));
      button.classList.toggle("edit-thing--changed", store.isChanged(key));
    });
  }

  function showTools() {
    const state = store.now();
    document.querySelectorAll("[data-tool]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tool === state.tool)));
    const undoes = store.undoes();
    const redoes = store.redoes();
    one("undo").disabled = !undoes;
    one("redo").disabled = !redoes;
    one("undo").title = undoes ? t("撤销：" + undoes[0], "Undo: " + undoes[1]) : "";
    one("redo").title = redoes ? t("重做：" + redoes[0], "Redo: " + redoes[1]) : "";
    one("drawing").hidden = state.tool !== "draw" && state.tool !== "split";
    one("drawing-title").textContent = state.tool === "split" ? t("分割线", "Dividing line") : t("新边界", "New outline");
    const size = state.tool === "draw" && state.path.length > 2 ? " · " + edit.areaWords(edit.shape.area([[state.path]])) : "";
    one("path-count").textContent = t(state.path.length + " 个点", state.path.length + " corners") + size;
    one("merging").hidden = state.tool !== "merge";
    one("picked").replaceChildren(...state.picked.map((key) => h("li", {}, edit.nameOf(key))));
    one("merge").disabled = state.picked.length === 0;
    map.getContainer().classList.toggle("edit-draws", state.tool === "draw" || state.tool === "split");
  }
  function showAll() {
    showTools();
    showChosen();
    mark();
  }
  OneMap.on("edit-step", showAll);
  OneMap.on("edit", showAll);
  OneMap.on("edit-drag", showArea);
  OneMap.on("edit-corner", showCorner);

  map.getContainer().setAttribute("role", "application");
  map.getContainer().setAttribute(
    "aria-label",
    t("地图：N、P 逐个选顶点，方向键移动，I 插入，Delete 删除；右侧可输入经纬度", "Map: N and P go from corner to corner, arrows move it, I puts one in, Delete takes it out; coordinates can be typed beside it")
  );
  // what the address asks for
  edit.startAt = function (code) {
    return edit.source.things(code).then(function (told) {
      const thing = told.items.find((one) => one.code === code);
      if (!thing) throw new Error(t("没有这一条：", "There is none called ") + code);
      if (!thing.version) return drawFor(thing);
      return edit.source.feature(code).then(() => show(code));
    });
  };
  showThings();
  showAll();
  edit.say(t(HINTS.edit[0], HINTS.edit[1]));
})();

// The pointer and the keyboard on the map: corners are dragged, put in and taken out; outlines and dividing lines drawn.
// Keys on the map: N and P go from corner to corner, arrows move it (with Shift ten times as far), I puts one in after
// it, Delete takes it out; while drawing Enter ends, Backspace takes the last corner back, Escape gives up.
// Anywhere outside a field: Ctrl+Z back, Ctrl+Shift+Z or Ctrl+Y forth.
(function () {
  "use strict";
  const edit = OneMap.edit;
  const store = edit.store;
  const map = window.map_onemap;
  const box = map.getContainer();
  const REACH_PX = { mouse: 10, pen: 12, touch: 22 };
  const STEP_PX = 1;
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const SAME_PLACE_PX = 4;
  let drag = null; // {key, at, isNew, from, shape}

  function pointOf(event) {
    return map.mouseEventToContainerPoint(event);
  }
  function isDrawing() {
    return store.now().tool === "draw" || store.now().tool === "split";
  }
  function chosenShape() {
    const key = store.now().chosen;
    return key ? store.shape(key) : null;
  }
  function snap(point, event) {
    if (event && event.altKey) {
      const latlng = map.containerPointToLatLng(point);
      return { kind: "free", lonlat: edit.shape.round([latlng.lng, latlng.lat]), name: "" };
    }
    const state = store.now();
    const start = state.tool === "draw" && state.path.length > 2 ? [state.path[0]] : null;
    return edit.snap.at(point, state.tool === "edit" ? state.chosen : null, start);
  }
  function change(label, shape) {
    const state = store.now();
    store.step(label, { items: store.withItem(state.items, state.chosen, { shape: shape }) });
  }

  // ---- dragging a corner -------------------------------------------------------------------------------------------

  box.addEventListener(
    "pointerdown",
    function (event) {
      if (event.button !== 0 || isDrawing() || edit.isLookOnly() || event.target.closest(".leaflet-control")) return;
      const handle = edit.view.handleAt(pointOf(event), REACH_PX[event.pointerType] || REACH_PX.mouse);
      if (!handle) return;
      const state = store.now();
      const from = store.shape(state.chosen);
      const shape = handle.isMiddle ? edit.shape.insert(from, handle.at, edit.shape.round(handle.lonlat)) : from;
      const at = handle.isMiddle ? [handle.at[0], handle.at[1], handle.at[2] + 1] : handle.at;
      drag = { key: state.chosen, at: at, isNew: handle.isMiddle, shape: shape, start: pointOf(event), hasMoved: false };
      map.dragging.disable();
      box.setPointerCapture(event.pointerId);
    },
    true
  );
  box.addEventListener("pointermove", function (event) {
    if (edit.isLookOnly()) return;
    if (drag) {
      drag.hasMoved = drag.hasMoved || drag.start.distanceTo(pointOf(event)) > 2;
      if (!drag.hasMoved) return;
      const snapped = snap(pointOf(event), event);
      drag.shape = edit.shape.move(drag.shape, drag.at, snapped.lonlat);
      edit.view.preview(drag.key, drag.shape);
      edit.view.point(snapped);
      OneMap.emit("edit-drag", {});
    } else if (isDrawing()) {
      const snapped = snap(pointOf(event), event);
      edit.view.rubber(snapped.lonlat);
      edit.view.point(snapped);
    } else {
      box.classList.toggle("edit-grab", Boolean(edit.view.handleAt(pointOf(event), REACH_PX.mouse)));
    }
  });
  function letGo(event) {
    if (!drag) return;
    const done = drag;
    drag = null;
    map.dragging.enable();
    edit.view.preview(null);
    edit.view.point(null);
    if (event.type === "pointercancel") store.look({});
    else if (done.hasMoved) change(done.isNew ? ["插入顶点", "Corner put in"] : ["移动顶点", "Corner moved"], done.shape);
    else if (done.isNew) change(["插入顶点", "Corner put in"], done.shape);
    edit.view.chooseCorner(event.type === "pointercancel" ? null : done.at);
    justDragged = true;
    setTimeout(() => (justDragged = false), 0);
  }
  let justDragged = false;
  box.addEventListener("pointerup", letGo);
  box.addEventListener("pointercancel", letGo);

  // ---- drawing -----------------------------------------------------------------------------------------------------

  function isLast(point) {
    const path = store.now().path;
    if (!path.length) return false;
    const last = path[path.length - 1];
    return map.latLngToContainerPoint([last[1], last[0]]).distanceTo(point) < SAME_PLACE_PX;
  }
  function addCorner(lonlat) {
    const state = store.now();
    store.step(["加一点", "Point added"], { path: state.path.concat([lonlat]) });
  }
  edit.draw = {
    add: addCorner,
    finish: function () {
      const state = store.now();
      if (state.tool === "draw") finishOutline(state);
      else if (state.tool === "split") OneMap.emit("edit-split", { line: state.path });
    },
    giveUp: function () {
      if (store.now().path.length) store.step(["放弃所画", "Drawing given up"], { path: [], tool: "edit" });
      else store.look({ tool: "edit", picked: [] });
      edit.view.point(null);
    },
  };
  function finishOutline(state) {
    if (state.path.length < 3) {
      edit.say(OneMap.t("一条边界至少三个点。", "An outline has at least three corners."), true);
      return;
    }
    const key = store.newKey();
    edit.view.chooseCorner(null);
    const item = { code: "", name: "", version: null, shape: [[state.path]] };
    store.step(["画成一条边界", "Outline drawn"], { items: store.withItem(state.items, key, item), chosen: key, tool: "edit", path: [] });
    edit.view.point(null);
    OneMap.emit("edit-drawn", { key: key });
  }

  map.doubleClickZoom.disable();
  map.on("click", function (event) {
    if (justDragged || edit.isLookOnly() || !isDrawing()) return;
    const point = event.containerPoint;
    if (isLast(point)) return; // the second click of a double one
    const state = store.now();
    const snapped = snap(point, event.originalEvent);
    const isStart = state.tool === "draw" && state.path.length > 2 && snapped.lonlat === state.path[0];
    if (isStart) edit.draw.finish();
    else addCorner(snapped.lonlat);
  });
  map.on("dblclick", function () {
    if (isDrawing() && store.now().path.length > 1) edit.draw.finish();
  });
  OneMap.on("edit-pick", function (event) {
    if (justDragged || isDrawing()) return;
    OneMap.emit("edit-choose", { key: event.key });
  });

  // ---- corners one by one ------------------------------------------------------------------------------------------

  edit.corners = {
    // d: 1 to the next one, -1 back
    go: function (d) {
      const shape = chosenShape();
      if (!shape) return;
      const all = [];
      edit.shape.each(shape, (lonlat, at) => all.push(at));
      const here = edit.view.corner();
      const index = here ? all.findIndex((at) => at.every((number, i) => number === here[i])) : d > 0 ? -1 : 0;
      const next = all[(index + d + all.length) % all.length];
      edit.view.chooseCorner(next);
      const lonlat = edit.shape.corner(shape, next);
      if (!map.getBounds().contains([lonlat[1], lonlat[0]])) map.panTo([lonlat[1], lonlat[0]], { animate: false });
    },
    moveTo: function (lonlat) {
      const at = edit.view.corner();
      if (at && chosenShape()) change(["移动顶点", "Corner moved"], edit.shape.move(chosenShape(), at, edit.shape.round(lonlat)));
    },
    insert: function () {
      const at = edit.view.corner();
      const shape = chosenShape();
      if (!at || !shape) return;
      const ring = shape[at[0]][at[1]];
      const next = ring[(at[2] + 1) % ring.length];
      const middle = edit.shape.round([(ring[at[2]][0] + next[0]) / 2, (ring[at[2]][1] + next[1]) / 2]);
      change(["插入顶点", "Corner put in"], edit.shape.insert(shape, at, middle));
      edit.view.chooseCorner([at[0], at[1], at[2] + 1]);
    },
    remove: function () {
      const at = edit.view.corner();
      const shape = chosenShape();
      if (!at || !shape) return;
      const left = edit.shape.remove(shape, at);
      if (!left) {
        edit.say(OneMap.t("只剩三个顶点：要去掉整条边界，请用“删除边界”。", "Only three corners are left: to take the whole outline away, use Remove."), true);
        return;
      }
      change(["删除顶点", "Corner taken out"], left);
      if (at[2] > 0 && edit.shape.corner(left, [at[0], at[1], at[2] - 1])) edit.view.chooseCorner([at[0], at[1], at[2] - 1]);
    },
  };
  function nudge(direction, isFar) {
    const at = edit.view.corner();
    const lonlat = edit.shape.corner(chosenShape(), at);
    const far = STEP_PX * (isFar ? 10 : 1);
    const point = map.latLngToContainerPoint([lonlat[1], lonlat[0]]).add([direction[0] * far, direction[1] * far]);
    const latlng = map.containerPointToLatLng(point);
    edit.corners.moveTo([latlng.lng, latlng.lat]);
  }

  box.addEventListener(
    "keydown",
    function (event) {
      if (edit.isLookOnly() || event.ctrlKey || event.metaKey) return;
      const isCorner = !isDrawing() && edit.view.corner() && chosenShape();
      const key = event.key.toLowerCase();
      if (isDrawing() && event.key === "Enter") edit.draw.finish();
      else if (isDrawing() && event.key === "Backspace" && store.now().path.length) edit.undo();
      else if (isDrawing() && event.key === "Escape") edit.draw.giveUp();
      else if (chosenShape() && !isDrawing() && (key === "n" || key === "p")) edit.corners.go(key === "n" ? 1 : -1);
      else if (isCorner && ARROWS[event.key]) nudge(ARROWS[event.key], event.shiftKey);
      else if (isCorner && key === "i") edit.corners.insert();
      else if (isCorner && (event.key === "Delete" || event.key === "Backspace")) edit.corners.remove();
      else if (isCorner && event.key === "Escape") edit.view.chooseCorner(null);
      else return;
      event.preventDefault();
      event.stopPropagation(); // Leaflet would move the map
    },
    true
  );
  document.addEventListener("keydown", function (event) {
    const isField = event.target.closest && event.target.closest("input:not([type=checkbox]), textarea, select");
    if (isField || !(event.ctrlKey || event.metaKey) || event.altKey || edit.isLookOnly()) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) edit.undo();
    else if ((key === "z" && event.shiftKey) || key === "y") edit.redo();
    else return;
    event.preventDefault();
  });
})();

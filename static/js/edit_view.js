// What the editor draws: outlines with the chosen one's handles, the line being drawn, where the pointer is drawn to,
// and the ground beneath. Handles only in view and only when they can be told apart.
(function () {
  "use strict";
  const edit = OneMap.edit;
  const map = window.map_onemap;
  const MOST_HANDLES = 400;
  const drawn = new Map(); // key → {polygon, shape, classes}
  const theirs = L.layerGroup(); // what others published meanwhile
  const handles = L.layerGroup();
  const pathGroup = L.layerGroup();
  const hint = L.circleMarker([0, 0], { pane: "onemap_marks", radius: 8, className: "edit-snap", interactive: false });
  let preview = null; // {key, shape}: while a corner is dragged
  let corner = null; // [part, ring, index] of the chosen outline
  let visible = []; // handles in view: {at, point, isMiddle}

  [handles, pathGroup, theirs].forEach((group) => group.addTo(map));

  function shapeOf(key) {
    return preview && preview.key === key ? preview.shape : edit.store.shape(key);
  }
  function classesOf(key, state) {
    const feature = edit.store.feature(key);
    return [
      "edit-outline",
      edit.store.isChanged(key) ? "edit-outline--changed" : "",
      feature.grade === "D" && !edit.store.isChanged(key) ? "edit-outline--schematic" : "",
      state.chosen === key ? "edit-outline--chosen" : "",
      state.picked.includes(key) ? "edit-outline--picked" : "",
    ]
      .filter(Boolean)
      .join(" ");
  }
  function drop(key) {
    drawn.get(key).polygon.remove();
    drawn.delete(key);
  }
  function drawOutline(key, state) {
    const shape = shapeOf(key);
    if (!shape) {
      if (drawn.has(key)) drop(key);
      return;
    }
    const classes = classesOf(key, state);
    let known = drawn.get(key);
    if (!known) {
      const polygon = L.polygon(edit.shape.latLngs(shape), { pane: "onemap_outlines", className: classes, smoothFactor: 0.5 });
      polygon.addTo(map);
      polygon.on("click", () => OneMap.emit("edit-pick", { key: key }));
      polygon.getElement().dataset.outline = key;
      known = { polygon: polygon, shape: shape, classes: classes };
      drawn.set(key, known);
    }
    if (known.shape !== shape) {
      known.polygon.setLatLngs(edit.shape.latLngs(shape));
      known.shape = shape;
    }
    if (known.classes !== classes) {
      known.classes.split(" ").forEach((name) => known.polygon.getElement().classList.remove(name));
      classes.split(" ").forEach((name) => known.polygon.getElement().classList.add(name));
      known.classes = classes;
    }
    if (state.chosen === key) known.polygon.bringToFront();
  }

  function drawPath(state) {
    pathGroup.clearLayers();
    if (!state.path.length) return;
    const line = state.path.map((lonlat) => [lonlat[1], lonlat[0]]);
    pathGroup.addLayer(L.polyline(line, { pane: "onemap_flows", className: "edit-path edit-path--" + state.tool, interactive: false }));
    line.forEach((latlng, at) =>
      pathGroup.addLayer(L.circleMarker(latlng, { pane: "onemap_marks", radius: at ? 4 : 6, className: "edit-handle", interactive: false }))
    );
  }

  // the handles of the chosen outline in view
  function findHandles(state) {
    visible = [];
    const shape = state.tool === "edit" && state.chosen && !OneMap.narrow.matches ? shapeOf(state.chosen) : null;
    if (!shape) return;
    const size = map.getSize();
    const isIn = (point) => point.x > -20 && point.y > -20 && point.x < size.x + 20 && point.y < size.y + 20;
    const place = (lonlat) => map.latLngToContainerPoint([lonlat[1], lonlat[0]]);
    edit.shape.each(shape, function (lonlat, at, ring) {
      const point = place(lonlat);
      if (isIn(point)) visible.push({ at: at, lonlat: lonlat, point: point, isMiddle: false });
      const next = ring[(at[2] + 1) % ring.length];
      const middle = [(lonlat[0] + next[0]) / 2, (lonlat[1] + next[1]) / 2];
      const between = place(middle);
      if (isIn(between) && point.distanceTo(place(next)) > 34) visible.push({ at: at, lonlat: middle, point: between, isMiddle: true });
    });
  }
  function isSame(one, other) {
    return Boolean(one && other) && one.every((number, i) => number === other[i]);
  }
  function drawHandles(state) {
    findHandles(state);
    handles.clearLayers();
    const corners = visible.filter((handle) => !handle.isMiddle);
    const isCrowd = corners.length > MOST_HANDLES;
    if (isCrowd) visible = [];
    visible.forEach(function (handle) {
      const isChosen = !handle.isMiddle && isSame(handle.at, corner);
      handles.addLayer(
        L.circleMarker([handle.lonlat[1], handle.lonlat[0]], {
          pane: "onemap_marks",
          radius: handle.isMiddle ? 3.5 : isChosen ? 7 : 5,
          className: handle.isMiddle ? "edit-middle" : isChosen ? "edit-handle edit-handle--chosen" : "edit-handle",
          interactive: false,
        })
      );
    });
    OneMap.emit("edit-crowd", { isCrowd: isCrowd });
  }

  edit.view = {
    refresh: function () {
      const state = edit.store.now();
      const keys = new Set(edit.store.keys());
      [...drawn.keys()].filter((key) => !keys.has(key)).forEach(drop);
      keys.forEach((key) => drawOutline(key, state));
      if (corner && !(state.chosen && edit.store.shape(state.chosen) && edit.shape.corner(edit.store.shape(state.chosen), corner))) corner = null;
      drawHandles(state);
      drawPath(state);
    },
    // the handle under a point of the map; corners before the middles of edges
    handleAt: function (point, reach) {
      const near = visible
        .map((handle) => ({ handle: handle, distance: handle.point.distanceTo(point) }))
        .filter((one) => one.distance <= reach)
        .sort((a, b) => a.handle.isMiddle - b.handle.isMiddle || a.distance - b.distance);
      return near.length ? near[0].handle : null;
    },
    corner: function () {
      return corner;
    },
    chooseCorner: function (at) {
      corner = at;
      drawHandles(edit.store.now());
      OneMap.emit("edit-corner", {});
    },
    // null: nothing is dragged any more
    preview: function (key, shape) {
      preview = key ? { key: key, shape: shape } : null;
      const state = edit.store.now();
      if (state.chosen) drawOutline(state.chosen, state);
      drawHandles(state);
    },
    previewed: function (key) {
      return preview && preview.key === key ? preview.shape : null;
    },
    // where a corner would go, and how it got there
    point: function (snapped) {
      if (!snapped || snapped.kind === "free") hint.remove();
      else {
        hint.setLatLng([snapped.lonlat[1], snapped.lonlat[0]]).addTo(map);
        hint.getElement().classList.toggle("edit-snap--edge", snapped.kind === "edge");
      }
      OneMap.emit("edit-snapped", { snapped: snapped });
    },
    // the line to the pointer while drawing
    rubber: function (lonlat) {
      const state = edit.store.now();
      drawPath(state);
      if (!lonlat || !state.path.length) return;
      const last = state.path[state.path.length - 1];
      pathGroup.addLayer(
        L.polyline([[last[1], last[0]], [lonlat[1], lonlat[0]]], { pane: "onemap_flows", className: "edit-path edit-path--rubber", interactive: false })
      );
    },
    showTheirs: function (shapes) {
      theirs.clearLayers();
      shapes.forEach((shape) => theirs.addLayer(L.polygon(edit.shape.latLngs(shape), { pane: "onemap_flows", className: "edit-theirs", interactive: false })));
    },
    goTo: function (shape) {
      const box = edit.shape.bounds(shape);
      map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { padding: [48, 48], maxZoom: 17, animate: false });
    },
  };

  OneMap.on("edit-step", edit.view.refresh);
  OneMap.on("edit", edit.view.refresh);
  map.on("moveend zoomend resize", function () {
    drawHandles(edit.store.now());
  });
})();

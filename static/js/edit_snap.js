// Where the pointer is drawn to: corners of other outlines before their edges. A corner is taken over exactly, so that
// neighbours share it to the last digit.
(function () {
  "use strict";
  const edit = OneMap.edit;
  const CORNER_PX = 12;
  const EDGE_PX = 9;
  const projected = new WeakMap(); // ring → {zoom, xs, ys}
  let around = []; // {name, shape, box}: outlines of other layers that may be snapped to

  function pixels(ring, zoom) {
    const kept = projected.get(ring);
    if (kept && kept.zoom === zoom) return kept;
    const made = { zoom: zoom, xs: new Float64Array(ring.length), ys: new Float64Array(ring.length) };
    ring.forEach(function (corner, i) {
      const point = window.map_onemap.project([corner[1], corner[0]], zoom);
      made.xs[i] = point.x;
      made.ys[i] = point.y;
    });
    projected.set(ring, made);
    return made;
  }

  function nearestOn(ring, zoom, x, y, best, name) {
    const line = pixels(ring, zoom);
    let before = ring.length - 1;
    for (let i = 0; i < ring.length; i += 1) {
      const toCorner = Math.hypot(line.xs[i] - x, line.ys[i] - y);
      if (toCorner <= CORNER_PX && (best.kind !== "corner" || toCorner < best.distance)) {
        Object.assign(best, { kind: "corner", distance: toCorner, lonlat: ring[i], name: name });
      }
      if (best.kind !== "corner") {
        const dx = line.xs[i] - line.xs[before];
        const dy = line.ys[i] - line.ys[before];
        const length = dx * dx + dy * dy;
        const share = length ? Math.max(0, Math.min(1, ((x - line.xs[before]) * dx + (y - line.ys[before]) * dy) / length)) : 0;
        const toEdge = Math.hypot(line.xs[before] + share * dx - x, line.ys[before] + share * dy - y);
        if (toEdge <= EDGE_PX && toEdge < best.distance) {
          const a = ring[before];
          const b = ring[i];
          Object.assign(best, { kind: "edge", distance: toEdge, lonlat: [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])], name: name });
        }
      }
      before = i;
    }
  }

  function meets(box, at, reach) {
    return at[0] >= box[0] - reach && at[0] <= box[2] + reach && at[1] >= box[1] - reach && at[1] <= box[3] + reach;
  }

  edit.snap = {
    isOn: true,
    setAround: function (features) {
      around = features;
    },
    // The place to take for a point of the map (container px): {lonlat, kind: corner | edge | free, name}.
    // own: the key whose outline is moved and so is no neighbour; extra: further corners, e.g. where drawing began.
    at: function (point, own, extra) {
      const map = window.map_onemap;
      const latlng = map.containerPointToLatLng(point);
      const free = { kind: "free", lonlat: edit.shape.round([latlng.lng, latlng.lat]), name: "", distance: Infinity };
      if (!edit.snap.isOn) return free;
      const zoom = map.getZoom();
      const here = map.project(latlng, zoom);
      const beside = map.containerPointToLatLng([point.x + CORNER_PX * 2, point.y]);
      const reach = Math.abs(beside.lng - latlng.lng);
      const best = { kind: "free", distance: Infinity, lonlat: null, name: "" };
      const look = function (shape, name) {
        if (!shape || !meets(boundsOf(shape), free.lonlat, reach)) return;
        shape.forEach((rings) => rings.forEach((ring) => nearestOn(ring, zoom, here.x, here.y, best, name)));
      };
      edit.store.keys().forEach(function (key) {
        if (key !== own) look(edit.store.shape(key), edit.store.feature(key).name);
      });
      around.forEach((feature) => look(feature.shape, feature.name));
      if (extra && extra.length) nearestOn(extra, zoom, here.x, here.y, best, "");
      return best.kind === "free" ? free : best;
    },
  };

  const boxes = new WeakMap();
  function boundsOf(shape) {
    if (!boxes.has(shape)) boxes.set(shape, edit.shape.bounds(shape));
    return boxes.get(shape);
  }
})();

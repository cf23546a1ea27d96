// The names on the map: halo, no two on top of each other, one per thing, the important first; what finds no room is
// left out until there is room. Placed anew after every zoom, move and change of theme. A name under the pointer or
// with the focus is always shown; a quiet one only then.
// data-covers-map: elements lying over the map that labels keep clear of
(function () {
  "use strict";
  const h = OneMap.h;
  const svg = OneMap.svg;
  const GAP_PX = 4;
  let items = []; // {key, text, kind, priority, mark | latlng | candidates | line, reach, quiet, place, element, width, height}
  let insisted = null;

  const LabelLayer = L.Layer.extend({
    onAdd: function (map) {
      this.box = h("div", { class: "labels leaflet-zoom-hide", "aria-hidden": "true" });
      this.lines = svg("svg", { class: "labels__leaders", width: 1, height: 1 });
      map.getPane("onemap_labels").append(this.box);
      map.on("moveend zoomend resize", this.place, this);
    },
    onRemove: function (map) {
      map.off("moveend zoomend resize", this.place, this);
      this.box.remove();
    },

    show: function (list) {
      this.box.replaceChildren(this.lines);
      items = list.map(function (item) {
        const element = h("div", { class: "label label--" + item.kind }, h("span", { class: "label__text" }, item.text));
        if (item.place) element.dataset.place = item.place;
        if (item.open) {
          element.addEventListener("click", function (event) {
            event.stopPropagation();
            item.open();
          });
        }
        return Object.assign({}, item, { element: element });
      });
      items.sort(function (a, b) {
        return a.priority - b.priority;
      });
      this.box.append(
        ...items.map(function (item) {
          return item.element;
        })
      );
      // measured together, so that the browser lays the page out once
      items.forEach(function (item) {
        item.width = item.element.offsetWidth;
        item.height = item.element.offsetHeight;
      });
      this.place();
    },

    place: function () {
      const map = this._map;
      if (!map || !items.length) return;
      const view = viewOf(map);
      const taken = OneMap.crowd(96);
      coveredBy(map).concat(marksAsBoxes()).forEach(taken.add);
      const lines = [];
      items.forEach(function (item) {
        const found = item.quiet && insisted !== item.key ? null : firstFree(item, map, view, taken);
        item.element.classList.toggle("label--out", !found);
        if (!found) return;
        taken.add(found);
        put(item, found);
        if (found.leader) lines.push(found.leader);
      });
      this.lines.replaceChildren(
        ...lines.map(function (line) {
          return svg("line", { x1: line[0].x, y1: line[0].y, x2: line[1].x, y2: line[1].y });
        })
      );
    },
  });
  let layer = null;

  function viewOf(map) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]);
    return { left: corner.x + 4, top: corner.y + 4, right: corner.x + size.x - 4, bottom: corner.y + size.y - 4 };
  }

  function coveredBy(map) {
    const frame = map.getContainer().getBoundingClientRect();
    return Array.from(document.querySelectorAll("[data-covers-map], .leaflet-control"))
      .map(function (element) {
        const rect = element.getBoundingClientRect();
        if (!rect.width || !rect.height) return null;
        const corner = map.containerPointToLayerPoint([rect.left - frame.left, rect.top - frame.top]);
        return { left: corner.x - 4, top: corner.y - 4, right: corner.x + rect.width + 4, bottom: corner.y + rect.height + 4 };
      })
      .filter(Boolean);
  }

  function marksAsBoxes() {
    return OneMap.marks.all().map(function (mark) {
      const half = mark.size / 2;
      return { left: mark.point.x - half, top: mark.point.y - half, right: mark.point.x + half, bottom: mark.point.y + half };
    });
  }

  function boxAt(x, y, width, height) {
    return { left: x, top: y, right: x + width, bottom: y + height };
  }
  function isFree(box, view, taken) {
    if (box.left < view.left || box.right > view.right || box.top < view.top || box.bottom > view.bottom) return false;
    return !taken.some(box, function (other) {
      return box.right > other.left && box.left < other.right && box.bottom > other.top && box.top < other.bottom;
    });
  }

  // Around a point: right, left, below, above, the corners; then the same farther out, with a leader. The important
  // look farther than the rest.
  const SIDES = [0, 180, 90, 270, 45, 315, 135, 225, 22, 338, 158, 202, 67, 293, 113, 247];
  const RINGS_PX = { near: [0], far: [0, 14, 32], farthest: [0, 14, 32, 54, 80, 110, 145] };
  // edge: how far the mark itself reaches; a leader begins there
  function around(point, radius, width, height, reach, edge) {
    const boxes = [];
    RINGS_PX[reach || "near"].forEach(function (ring) {
      SIDES.slice(0, ring ? 16 : 8).forEach(function (degrees) {
        const x = Math.cos((degrees * Math.PI) / 180);
        const y = Math.sin((degrees * Math.PI) / 180);
        const distance = radius + GAP_PX + ring;
        // the point of the box that looks at the mark stands on the ring
        const left = point.x + x * distance + (x > 0.3 ? 0 : x < -0.3 ? -width : -width / 2);
        const top = point.y + y * distance + (y > 0.3 ? -3 : y < -0.3 ? 3 - height : -height / 2);
        const box = boxAt(left, top, width, height);
        if (ring) box.leader = leaderTo(point, edge, L.point(Math.max(box.left, Math.min(point.x, box.right)), Math.max(box.top, Math.min(point.y, box.bottom))));
        boxes.push(box);
      });
    });
    return boxes;
  }

  function leaderTo(point, edge, end) {
    const away = point.distanceTo(end);
    return [away > edge ? point.add(end.subtract(point).multiplyBy(edge / away)) : point, end];
  }

  // Along the belt: beside the line, turned with it, slid along it when the middle is taken.
  function along(item, map) {
    const points = item.line.map(function (latlng) {
      return map.latLngToLayerPoint(latlng);
    });
    const lengths = [0];
    for (let index = 1; index < points.length; index += 1) lengths.push(lengths[index - 1] + points[index].distanceTo(points[index - 1]));
    const total = lengths[lengths.length - 1];
    function at(distance) {
      let index = 1;
      while (index < points.length - 1 && lengths[index] < distance) index += 1;
      const part = (distance - lengths[index - 1]) / (lengths[index] - lengths[index - 1] || 1);
      return points[index - 1].add(points[index].subtract(points[index - 1]).multiplyBy(part));
    }
    const halfWidth = item.halfWidth_m / OneMap.drawing.metresPerPixel(item.line[0]);
    const beside = Math.max(item.height / 2 + 6, Math.min(halfWidth / 2, 60));
    if (total < item.width * 0.9) return callouts(at(total / 2), halfWidth, item);
    const boxes = [];
    [0.5, 0.35, 0.65, 0.22, 0.78].forEach(function (share) {
      const middle = total * share;
      const from = at(Math.max(0, middle - item.width / 2));
      const to = at(Math.min(total, middle + item.width / 2));
      let angle = Math.atan2(to.y - from.y, to.x - from.x);
      if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
      const centre = from.add(to).divideBy(2);
      [-1, 1].forEach(function (side) {
        const middlePoint = centre.add(L.point(-Math.sin(angle), Math.cos(angle)).multiplyBy(side * beside));
        const width = Math.abs(item.width * Math.cos(angle)) + Math.abs(item.height * Math.sin(angle));
        const height = Math.abs(item.width * Math.sin(angle)) + Math.abs(item.height * Math.cos(angle));
        const box = boxAt(middlePoint.x - width / 2, middlePoint.y - height / 2, width, height);
        box.turn = angle;
        box.centre = middlePoint;
        boxes.push(box);
      });
    });
    return boxes.concat(callouts(at(total / 2), halfWidth, item));
  }

  // A name too long for its piece of the belt stands clear of the corridor, with a leader to its middle.
  function callouts(middle, halfWidth, item) {
    const boxes = [];
    [10, 32, 56, 82, 110].forEach(function (distance) {
      [1, -1].forEach(function (side) {
        [0, -0.3, 0.3, -0.6, 0.6].forEach(function (shift) {
          const y = middle.y + side * (halfWidth + distance + item.height / 2);
          const box = boxAt(middle.x + shift * item.width - item.width / 2, y - item.height / 2, item.width, item.height);
          box.leader = [middle, L.point(Math.max(box.left, Math.min(middle.x, box.right)), side > 0 ? box.top : box.bottom)];
          boxes.push(box);
        });
      });
    });
    return boxes;
  }

  // a small outline is kept free too; from within a large one the name may stand on it
  function clearOf(mark) {
    const radius = OneMap.drawing.outlineRadiusPx(mark.code);
    return radius > mark.size / 2 && radius < 45 ? radius : mark.size / 2;
  }

  function candidatesOf(item, map, view) {
    if (item.line) return along(item, map);
    if (item.candidates) {
      return item.candidates.map(function (latlng) {
        const point = map.latLngToLayerPoint(latlng);
        return boxAt(point.x - item.width / 2, point.y - item.height / 2, item.width, item.height);
      });
    }
    const mark = item.mark && OneMap.marks.find(item.mark);
    const point = mark ? mark.point : map.latLngToLayerPoint(item.latlng);
    if (point.x < view.left || point.x > view.right || point.y < view.top || point.y > view.bottom) return [];
    return around(point, mark ? clearOf(mark) : item.radius || 5, item.width, item.height, item.reach, mark ? mark.size / 2 : 0);
  }

  function firstFree(item, map, view, taken) {
    const boxes = candidatesOf(item, map, view);
    const free = boxes.find(function (box) {
      return isFree(box, view, taken);
    });
    if (free || insisted !== item.key || !boxes.length) return free;
    return Object.assign({}, boxes[0], { leader: null });
  }

  function put(item, box) {
    const text = item.element.firstChild;
    item.element.classList.toggle("label--insisted", insisted === item.key);
    if (box.centre) {
      L.DomUtil.setPosition(item.element, L.point(box.centre.x - item.width / 2, box.centre.y - item.height / 2).round());
      text.style.transform = "rotate(" + box.turn.toFixed(4) + "rad)";
    } else {
      L.DomUtil.setPosition(item.element, L.point(box.left, box.top).round());
      text.style.transform = "";
    }
  }

  OneMap.labels = {
    show: function (list) {
      if (!layer) {
        layer = new LabelLayer();
        OneMap.drawing.group("labels").addLayer(layer);
      }
      layer.show(list);
    },
    place: function () {
      if (layer) layer.place();
    },
    insist: function (key) {
      if (insisted === key) return;
      insisted = key;
      if (layer) layer.place();
    },
    // how many are shown; the tests ask
    shown: function () {
      return items.filter(function (item) {
        return !item.element.classList.contains("label--out");
      });
    },
  };
})();

// The marks of places and facilities, and where they stand. Their glyph tells kind and level of the place, or, with a
// chain chosen, its gaps there (gap_marks.js). Marks that would cover one another (several places share
// a county's fall-back point) are fanned out around the true point with a fine leader to it, at every zoom anew.
// data-place: on each mark and label of a place · data-outline: on its outline · data-facility: on each mark of a facility
(function () {
  "use strict";
  const h = OneMap.h;
  const SIZE_PX = { light: 22, wall: 40, print: 20 };
  const FACILITY_PART = 0.8;
  const HALO_PX = { light: [15, 44], wall: [26, 72], print: [13, 36] };
  const CRISP_M = 5000;
  const MOST_FANNED = 600;
  let marks = []; // {key, code, facility, latlng, priority, size, marker, leader, target, point}
  let byKey = new Map();
  let halos = []; // {circle, latlng, accuracy}

  function isUncertain(place) {
    return place.accuracy_m === null || place.accuracy_m === undefined || place.accuracy_m > CRISP_M;
  }

  function classesOf(place) {
    const state = OneMap.chain.colourOf(place.code);
    const classes = [];
    if (state) classes.push("glyph--" + state);
    else classes.push("glyph--" + ((place.level && place.level.level) || "none"), "glyph--layer-" + place.layer);
    if (place.drawn === "symbol" && isUncertain(place)) classes.push("glyph--uncertain");
    return classes.join(" ");
  }

  function spokenName(place) {
    const parts = [OneMap.pick(place, "name"), OneMap.word("kind", place.kind)];
    if (place.level && place.level.level !== "none") parts.push(OneMap.pick(place.level, "label"));
    const state = OneMap.chain.colourOf(place.code);
    if (state) parts.push(OneMap.word("state", state));
    if (OneMap.gaps.overlay()) parts.push(OneMap.gapMarks.written(place.code), ...OneMap.gapMarks.told(place.code));
    parts.push(OneMap.word("drawn", place.drawn));
    return parts.filter(Boolean).join(OneMap.t("，", ", "));
  }

  const NamedIcon = L.DivIcon.extend({
    createIcon: function (old) {
      const element = L.DivIcon.prototype.createIcon.call(this, old);
      Object.assign(element.dataset, this.options.data);
      element.setAttribute("aria-label", this.options.label);
      return element;
    },
  });

  function add(target, options) {
    const size = options.size || SIZE_PX[OneMap.sizes()] * (options.facility ? FACILITY_PART : 1);
    const icon = new NamedIcon({
      className: options.facility ? "mark mark--facility" : "mark mark--place",
      html: h("span", { class: "mark__box" }, options.glyph),
      iconSize: [size, size],
      data: options.data,
      label: options.label,
    });
    const marker = L.marker(options.latlng, { icon: icon, pane: options.facility ? "onemap_facilities" : "onemap_marks", keyboard: true, autoPanOnFocus: true });
    target.addLayer(marker);
    const element = marker.getElement();
    function open(event) {
      if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      options.open(element);
    }
    element.addEventListener("click", open);
    element.addEventListener("keydown", open);
    ["mouseenter", "focus"].forEach(function (name) {
      element.addEventListener(name, function () {
        OneMap.labels.insist(options.key);
        if (options.tip) OneMap.tip.beside(options.tip(), element);
      });
    });
    ["mouseleave", "blur"].forEach(function (name) {
      element.addEventListener(name, function () {
        OneMap.labels.insist(null);
        OneMap.tip.hide();
      });
    });
    const mark = { key: options.key, code: options.code, facility: Boolean(options.facility), latlng: L.latLng(options.latlng), priority: options.priority, size: size, marker: marker, leader: null, target: target, point: null };
    marks.push(mark);
    byKey.set(mark.key, mark);
  }

  function halo(target, place, latlng) {
    const known = halos.find(function (other) {
      return other.latlng.equals(latlng, 1e-7);
    });
    if (known) {
      known.accuracy = Math.max(known.accuracy, place.accuracy_m || 0);
      return;
    }
    const circle = OneMap.drawing.path("circleMarker", latlng, "onemap_soft", "halo", { stroke: false, fillOpacity: 1, fillColor: "url(#onemap-soft)" });
    halos.push({ circle: circle, latlng: L.latLng(latlng), accuracy: place.accuracy_m || 20000 });
    target.addLayer(circle);
  }

  function draw(places, facilities, onOpen, onFacility) {
    marks = [];
    byKey = new Map();
    halos = [];
    places.forEach(function (place) {
      if (!place.lonlat) return;
      const target = OneMap.drawing.group(place.layer === "zone" ? "zones" : "parks");
      const latlng = [place.lonlat[1], place.lonlat[0]];
      const gap = OneMap.gapMarks.of(place);
      if (place.drawn === "symbol") halo(target, place, latlng);
      add(target, {
        key: "place:" + place.code,
        code: place.code,
        latlng: latlng,
        priority: gap ? OneMap.gapMarks.rank(place.code) * 100 + place.priority : place.priority,
        size: gap && gap.size,
        glyph: gap ? gap.glyph : OneMap.glyphs.shape(place.kind, classesOf(place), OneMap.chain.colourOf(place.code) === "unknown"),
        data: gap ? { place: place.code, kind: gap.kind } : { place: place.code },
        label: spokenName(place),
        tip: gap
          ? function () {
              return [OneMap.pick(place, "name")].concat(OneMap.gapMarks.told(place.code));
            }
          : null,
        open: function (element) {
          onOpen(place.code, element);
        },
      });
    });
    facilities.forEach(function (facility) {
      if (!facility.lonlat) return;
      add(OneMap.drawing.group("facilities"), {
        key: "facility:" + facility.code,
        code: facility.code,
        facility: true,
        latlng: [facility.lonlat[1], facility.lonlat[0]],
        priority: 1000,
        glyph: OneMap.glyphs.letter(facility.system),
        data: { facility: facility.code },
        label: OneMap.pick(facility, "name") + OneMap.t("，", ", ") + OneMap.word("system", facility.system),
        open: function (element) {
          onFacility(facility, element);
        },
      });
    });
    arrange();
  }

  function boxOf(point, size) {
    return { left: point.x - size / 2, top: point.y - size / 2, right: point.x + size / 2, bottom: point.y + size / 2 };
  }

  // The first free spot: the true point, then rings around it, near before far, the side away from the crowd first.
  function spot(point, size, taken) {
    function isFree(candidate) {
      return !taken.some(boxOf(candidate, size + 6), function (other) {
        return candidate.distanceTo(other.point) < (size + other.size) / 2 + 3;
      });
    }
    if (isFree(point)) return point;
    for (let ring = 1; ring <= 9; ring += 1) {
      const count = 8 + 4 * ring;
      for (let step = 0; step < count; step += 1) {
        const angle = -Math.PI / 2 + ((step % 2 ? 1 : -1) * Math.ceil(step / 2) * 2 * Math.PI) / count;
        const candidate = point.add(L.point(Math.cos(angle), Math.sin(angle)).multiplyBy(ring * (size + 6)));
        if (isFree(candidate)) return candidate;
      }
    }
    return point;
  }

  // from the true point to a mark that stands beside it
  function lead(mark, latlng) {
    const isAway = latlng !== mark.latlng;
    if (isAway && !mark.leader) {
      mark.leader = OneMap.drawing.path("polyline", [mark.latlng, latlng], "onemap_leaders", "leader");
      mark.target.addLayer(mark.leader);
    } else if (isAway) {
      mark.leader.setLatLngs([mark.latlng, latlng]);
    } else if (mark.leader) {
      mark.target.removeLayer(mark.leader);
      mark.leader = null;
    }
  }

  function arrange() {
    const map = window.map_onemap;
    const taken = OneMap.crowd(48);
    // in a crowd every mark stays where it is
    const isCrowd = OneMap.gapMarks.isCrowd() || marks.length > MOST_FANNED;
    marks
      .slice()
      .sort(function (a, b) {
        return a.facility - b.facility || a.priority - b.priority || (a.code < b.code ? -1 : 1);
      })
      .forEach(function (mark) {
        const truth = map.latLngToLayerPoint(mark.latlng);
        mark.point = isCrowd ? truth : spot(truth, mark.size, taken);
        taken.add(Object.assign(boxOf(mark.point, mark.size), { point: mark.point, size: mark.size }));
        const latlng = mark.point === truth ? mark.latlng : map.layerPointToLatLng(mark.point);
        mark.marker.setLatLng(latlng);
        lead(mark, latlng);
      });
    const range = HALO_PX[OneMap.sizes()];
    halos.forEach(function (one) {
      const radius = one.accuracy / OneMap.drawing.metresPerPixel(one.latlng);
      one.circle.setRadius(Math.max(range[0], Math.min(range[1], radius)));
    });
  }

  OneMap.marks = {
    draw: draw,
    arrange: arrange,
    isUncertain: isUncertain,
    classesOf: classesOf,
    all: function () {
      return marks;
    },
    find: function (key) {
      return byKey.get(key);
    },
    focus: function (code) {
      const mark = byKey.get("place:" + code);
      if (mark) mark.marker.getElement().focus({ preventScroll: true });
    },
    select: function (code) {
      marks.forEach(function (mark) {
        const element = mark.marker.getElement();
        if (!element || mark.facility) return;
        element.classList.toggle("mark--selected", mark.code === code);
        if (mark.code === code) element.setAttribute("aria-current", "true");
        else element.removeAttribute("aria-current");
      });
      document.querySelectorAll("[data-outline]").forEach(function (shape) {
        shape.classList.toggle("outline--selected", shape.dataset.outline === code);
      });
    },
  };
})();

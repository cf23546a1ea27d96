// The map page: where the data come from, and when what is drawn. Data are the inert JSON of an exported file
// (#onemap-data) or fetched from data-map-url; nothing else is ever asked.
// data-onemap: the root · data-map-url: address of the map's JSON · data-place-url: of a place's, with CODE in it ·
// data-exported="1": a file without a server · data-map-status: loading and errors · data-notices: attribution, 示意图, 审图号 · data-shown-date: the date on paper
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const map = window.map_onemap;
  const root = OneMap.root;
  const status = document.querySelector("[data-map-status]");
  const notices = document.querySelector("[data-notices]");
  const shownDate = document.querySelector("[data-shown-date]");
  const inline = document.getElementById("onemap-data");
  const file = inline ? JSON.parse(inline.textContent) : null;
  const details = new Map();
  const UNMOVED_PADDING_PX = 24;
  // whose name finds room first; within parks and zones the data's own priority
  const RANKS = { park: 1000, section: 2000, zone: 3000, route: 4000, countyOnBelt: 5000, stop: 6000, county: 7000 };
  let asked = 0;
  let moved = Boolean(OneMap.state.get().at);
  let isOurMove = false;

  // ---- where the data come from ------------------------------------------------------------------------------------

  function snapshot(asOf) {
    const wanted = asOf || file.default_as_of;
    return file.snapshots[wanted] || file.snapshots[file.default_as_of];
  }
  function fetched(url) {
    return window.fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then(function (answer) {
      if (answer.ok) return answer.json();
      // read to the end: an answer left unread keeps its connection
      return answer.text().then(function () {
        throw new Error(String(answer.status));
      });
    });
  }
  function withDate(url) {
    const asOf = OneMap.state.get().as_of;
    return asOf ? url + (url.includes("?") ? "&" : "?") + "as_of=" + encodeURIComponent(asOf) : url;
  }
  OneMap.source = {
    map: function () {
      if (file) return Promise.resolve(snapshot(OneMap.state.get().as_of).map);
      return fetched(withDate(root.dataset.mapUrl));
    },
    place: function (code) {
      if (file) {
        const detail = snapshot(OneMap.state.get().as_of).details[code];
        return detail ? Promise.resolve(detail) : Promise.reject(new Error("unknown place"));
      }
      const url = withDate(root.dataset.placeUrl.replace("CODE", encodeURIComponent(code)));
      if (!details.has(url)) {
        const answer = fetched(url);
        answer.catch(function () {
          details.delete(url);
        });
        details.set(url, answer);
      }
      return details.get(url);
    },
  };
  OneMap.findPlace = function (code) {
    return (
      (OneMap.data &&
        OneMap.data.places.find(function (place) {
          return place.code === code;
        })) ||
      null
    );
  };

  // ---- what is drawn -----------------------------------------------------------------------------------------------

  // a few points inside a county where its name may stand, the most central first
  function insidePoints(feature) {
    const rings = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates[0]] : feature.geometry.coordinates.map((part) => part[0]);
    const ring = rings.reduce((a, b) => (b.length > a.length ? b : a));
    const xs = ring.map((point) => point[0]);
    const ys = ring.map((point) => point[1]);
    const west = Math.min(...xs);
    const east = Math.max(...xs);
    const south = Math.min(...ys);
    const north = Math.max(...ys);
    function isInside(x, y) {
      let inside = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        if (ring[i][1] > y !== ring[j][1] > y && x < ((ring[j][0] - ring[i][0]) * (y - ring[i][1])) / (ring[j][1] - ring[i][1]) + ring[i][0]) inside = !inside;
      }
      return inside;
    }
    const points = [];
    for (let row = 1; row < 14; row += 1) {
      for (let column = 1; column < 14; column += 1) {
        const x = west + ((east - west) * column) / 14;
        const y = south + ((north - south) * row) / 14;
        if (isInside(x, y)) points.push([y, x, Math.abs(column - 7) + Math.abs(row - 7)]);
      }
    }
    return points.sort((a, b) => a[2] - b[2]).map((point) => L.latLng(point[0], point[1]));
  }

  function sectionLabels() {
    const line = OneMap.drawing.features("belt_line")[0];
    if (!line || !OneMap.layers.isOn("belt.sections")) return [];
    const path = OneMap.drawing.latLngs(line.geometry);
    const byCode = new Map(OneMap.data.sections.map((section) => [section.code, section]));
    return OneMap.drawing
      .features("belt_sections")
      .map(function (feature) {
        const section = byCode.get(feature.properties.code);
        const part = insideOf(path, feature.geometry);
        if (!section || part.length < 2) return null;
        return { key: "section:" + section.code, text: OneMap.pick(section, "name"), kind: "section", priority: RANKS.section, line: part, halfWidth_m: 3000 };
      })
      .filter(Boolean);
  }

  // the road's number, on the road itself
  function routeLabels() {
    const line = OneMap.drawing.features("belt_line")[0];
    if (!line || !OneMap.layers.isOn("belt.line")) return [];
    const path = OneMap.drawing.latLngs(line.geometry);
    function at(shares) {
      return shares.map(function (share) {
        const place = share * (path.length - 1);
        const index = Math.min(path.length - 2, Math.floor(place));
        const part = place - index;
        return L.latLng(path[index].lat + (path[index + 1].lat - path[index].lat) * part, path[index].lng + (path[index + 1].lng - path[index].lng) * part);
      });
    }
    return [
      [0.625, 0.63, 0.61, 0.55, 0.5, 0.52],
      [0.085, 0.09, 0.1, 0.05, 0.3],
      [0.91, 0.93, 0.9],
    ].map(function (shares, order) {
      return { key: "route:" + order, text: t("320国道", "G320"), kind: "route", priority: RANKS.route + order, candidates: at(shares) };
    });
  }

  // the piece of the line that runs inside a section, sampled finely enough to turn a name along it
  function insideOf(path, geometry) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const fine = [];
    for (let index = 1; index < path.length; index += 1) {
      const steps = Math.max(1, Math.ceil(path[index - 1].distanceTo(path[index]) / 400));
      for (let step = 0; step < steps; step += 1) {
        const share = step / steps;
        fine.push(L.latLng(path[index - 1].lat + (path[index].lat - path[index - 1].lat) * share, path[index - 1].lng + (path[index].lng - path[index - 1].lng) * share));
      }
    }
    fine.push(path[path.length - 1]);
    return fine.filter(function (latlng) {
      return polygons.some(function (rings) {
        let inside = false;
        const ring = rings[0];
        for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
          if (ring[i][1] > latlng.lat !== ring[j][1] > latlng.lat && latlng.lng < ((ring[j][0] - ring[i][0]) * (latlng.lat - ring[i][1])) / (ring[j][1] - ring[i][1]) + ring[i][0]) inside = !inside;
        }
        return inside;
      });
    });
  }

  function labels(places, facilities) {
    const list = places.map(function (place) {
      const level = (place.level && place.level.level) || "none";
      return {
        key: "place:" + place.code,
        text: OneMap.shortName(place),
        kind: place.layer + " label--" + level,
        priority: place.code === OneMap.state.get().place ? 0 : RANKS[place.layer] + place.priority,
        mark: "place:" + place.code,
        reach: level === "national" || level === "provincial" || place.code === OneMap.state.get().place ? "farthest" : "far",
        place: place.code,
        open: function () {
          OneMap.openPlace(place.code);
        },
      };
    });
    facilities.forEach(function (facility) {
      if (!facility.lonlat) return;
      const key = "facility:" + facility.code;
      list.push({ key: key, text: OneMap.pick(facility, "name"), kind: "facility", priority: RANKS.stop, mark: key, quiet: true });
    });
    if (OneMap.layers.isOn("base.counties")) {
      OneMap.drawing.features("counties").forEach(function (feature) {
        const county = OneMap.findPlace(feature.properties.code);
        const opens = county ? { place: county.code, open: () => OneMap.openPlace(county.code) } : {};
        list.push({ ...opens, key: "county:" + feature.properties.code, text: OneMap.pick(feature.properties, "name"), kind: "county" + (feature.properties.on_belt ? " label--on-belt" : ""), priority: feature.properties.on_belt ? RANKS.countyOnBelt : RANKS.county, candidates: insidePoints(feature) });
      });
    }
    if (OneMap.layers.isOn("belt.stops")) {
      OneMap.drawing.features("stops").forEach(function (feature) {
        list.push({ key: "stop:" + feature.properties.name_zh, text: OneMap.pick(feature.properties, "name"), kind: "stop", priority: RANKS.stop, latlng: OneMap.drawing.latLngs(feature.geometry), radius: 4 });
      });
    }
    return list.concat(sectionLabels(), routeLabels());
  }

  function redraw() {
    if (!OneMap.data) return;

    const places = OneMap.data.places.filter(OneMap.layers.showsPlace);
    const facilities = OneMap.data.facilities.filter(function (facility) {
      return OneMap.layers.isOn("support." + facility.system);
    });
    OneMap.drawing.clear();
    OneMap.drawing.ground(OneMap.layers.isOn);
    OneMap.drawing.outlines(places, OneMap.openPlace);
    OneMap.marks.draw(places, facilities, OneMap.openPlace, openFacility);
    OneMap.labels.show(labels(places, facilities));
    OneMap.marks.select(OneMap.state.get().place);
    OneMap.emit("drawn", {});
  }

  function openFacility(facility, element) {
    if (facility.place && OneMap.findPlace(facility.place)) OneMap.openPlace(facility.place, element);
    else OneMap.say(OneMap.pick(facility, "name") + " · " + OneMap.word("system", facility.system), { source: facility.source, grade: facility.grade, note: facility.note });
  }

  // ---- where the map stands ----------------------------------------------------------------------------------------

  function ours(move) {
    isOurMove = true;
    move();
    isOurMove = false;
  }
  function fit() {
    const at = OneMap.state.get().at;
    ours(function () {
      if (at) {
        const numbers = at.split(",").map(Number);
        map.setView([numbers[0], numbers[1]], numbers[2], { animate: false });
      } else {
        const pad = OneMap.theme() === "print" ? 6 : UNMOVED_PADDING_PX;
        map.fitBounds(OneMap.data.bounds, { animate: false, padding: [pad, pad] });
      }
    });
  }
  // bring a place into the part of the map that is not covered
  function reveal(code) {
    const place = OneMap.findPlace(code);
    if (!place || !place.lonlat) return;
    const latlng = L.latLng(place.lonlat[1], place.lonlat[0]);
    const size = map.getSize();
    const height = size.y - coveredBySheet();
    const point = map.latLngToContainerPoint(latlng);
    const edge = Math.min(60, size.x / 6, height / 6);
    const isSeen = point.x > edge && point.y > edge && point.x < size.x - edge && point.y < height - edge;
    if (isSeen) return;
    ours(function () {
      map.panBy([point.x - size.x / 2, point.y - height / 2], { animate: false });
    });
  }
  // on a phone the details come from below and lie over the map
  function coveredBySheet() {
    const side = document.querySelector("[data-side]");
    if (!root.dataset.panel || window.getComputedStyle(side).position !== "absolute") return 0;
    return Math.max(0, map.getContainer().getBoundingClientRect().bottom - (root.getBoundingClientRect().bottom - side.offsetHeight));
  }
  ["pointerdown", "wheel", "keydown"].forEach(function (name) {
    map.getContainer().addEventListener(
      name,
      function (event) {
        const moves = name !== "keydown" || /^(Arrow|\+|-|=|_)/.test(event.key);
        if (moves) moved = true;
      },
      { passive: true, capture: true }
    );
  });
  map.on("zoomend", function () {
    OneMap.marks.arrange();
    OneMap.drawing.sizeSoftEdges();
    OneMap.labels.place();
  });
  map.on("moveend", function () {
    if (moved && !isOurMove && OneMap.data) {
      const centre = map.getCenter();
      OneMap.state.set({ at: centre.lat.toFixed(4) + "," + centre.lng.toFixed(4) + "," + map.getZoom() });
    }
    if (OneMap.data) OneMap.emit("moved", {});
  });
  new ResizeObserver(function () {
    ours(function () {
      map.invalidateSize({ animate: false, pan: false });
    });
    if (OneMap.data && !moved) fit();
    if (OneMap.data && OneMap.state.get().place) reveal(OneMap.state.get().place);
  }).observe(map.getContainer());

  // ---- notices, loading, errors ------------------------------------------------------------------------------------

  function drawNotices() {
    const words = OneMap.data.notices;
    const items = [OneMap.pick(words, "schematic"), words.approval_no, words.counties_missing ? t("没有县界数据，未画县界。", "No county boundaries at hand; none are drawn.") : null, OneMap.pick(words, "attribution")];
    notices.replaceChildren(
      ...items.filter(Boolean).map(function (text) {
        return h("span", { class: "notices__item" }, text);
      })
    );
    if (OneMap.data.demo) notices.prepend(h("strong", { class: "demo-mark" }, t("演示数据", "Demonstration data")));
    shownDate.textContent = t("数据时点：", "As of ") + OneMap.data.as_of;
  }

  // a word to the reader over the map, until closed or answered by the next step
  OneMap.say = function (words, fact) {
    const close = h("button", { type: "button", class: "button" }, t("知道了", "OK"));
    close.addEventListener("click", function () {
      status.hidden = true;
      status.replaceChildren();
    });
    status.className = "map-status";
    status.hidden = false;
    status.replaceChildren(h("p", {}, words), fact ? h("p", {}, OneMap.facts.cite(fact)) : "", close);
  };
  OneMap.on("panel", function (event) {
    if (event.open && root.dataset.ready) status.hidden = true;
  });

  function load() {
    asked += 1;
    const ticket = asked;
    status.hidden = false;
    status.className = "map-status";
    status.textContent = t("正在载入地图…", "Loading the map…");
    return OneMap.source
      .map()
      .then(function (data) {
        if (ticket !== asked) return;
        const isFirst = !OneMap.data;
        OneMap.data = data;
        status.hidden = true;
        status.textContent = "";
        if (isFirst) fit();
        OneMap.emit("data", {});
        drawNotices();
        redraw();
        const place = OneMap.state.get().place;
        if (place) OneMap.panel.open(place, false);
        if (isFirst && place) reveal(place);
        root.dataset.ready = "1";
      })
      .catch(function (error) {
        if (ticket !== asked) return;
        const again = h("button", { type: "button", class: "button" }, t("重试", "Try again"));
        again.addEventListener("click", load);
        status.className = "map-status map-status--error";
        status.hidden = false;
        status.replaceChildren(h("p", {}, t("地图数据没有载入。", "The map's data did not load.") + (OneMap.data ? t("图上仍是上一个时点。", " The map still shows the date before.") : "")), h("p", { class: "note" }, String((error && error.message) || "")), again);
      });
  }

  OneMap.on("state", function (event) {
    const changed = event.changed;
    if (changed.includes("as_of")) load();
    else if (changed.includes("theme")) {
      OneMap.emit("theme", {});
    } else if (changed.includes("layers") || changed.includes("chain")) redraw();
    if (changed.includes("place") && OneMap.state.get().place) reveal(OneMap.state.get().place);
    // by the Back button, not by our own writing
    if (changed.includes("at") && !isAt(OneMap.state.get().at) && OneMap.data) fit();
  });
  function isAt(at) {
    const centre = map.getCenter();
    return at === centre.lat.toFixed(4) + "," + centre.lng.toFixed(4) + "," + map.getZoom();
  }
  OneMap.on("filled", function () {
    if (OneMap.state.get().place) reveal(OneMap.state.get().place);
  });
  OneMap.on("theme", function () {
    ours(function () {
      map.invalidateSize({ animate: false, pan: false });
    });
    if (!OneMap.data) return;
    if (!moved) fit();
    redraw();
  });

  map.getContainer().setAttribute("role", "application");
  map.getContainer().setAttribute("aria-label", t("地图：方向键移动，加减号缩放；地点也在旁边的列表里", "Map: arrow keys move it, plus and minus zoom; the places are also in the list beside it"));
  if (file && file.default_chain && !OneMap.state.get().chain) OneMap.state.set({ chain: file.default_chain });
  load();
})();

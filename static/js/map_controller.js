// The map page: when what is drawn.
// data-map-status: loading and errors · data-notices: attribution, 示意图, 审图号 · data-shown-date: the date on paper ·
// data-demo-mark: 演示数据 across the map
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const map = window.map_onemap;
  const root = OneMap.root;
  const status = document.querySelector("[data-map-status]");
  const notices = document.querySelector("[data-notices]");
  const shownDate = document.querySelector("[data-shown-date]");
  const demoMark = document.querySelector("[data-demo-mark]");
  const file = OneMap.source.file;
  const UNMOVED_PADDING_PX = 24;
  const MOST_DRAWN = 600;
  let asked = 0;
  let moved = Boolean(OneMap.state.get().at);
  let isOurMove = false;
  let drawn = null; // what is drawn lies in here; null: everything

  let byCode = new Map();
  OneMap.findPlace = function (code) {
    return byCode.get(code) || null;
  };

  // ---- what is drawn -----------------------------------------------------------------------------------------------

  function speakingInView(places) {
    if (!OneMap.gaps.overlay()) return 0;
    const bounds = map.getBounds();
    return places.filter((place) => place.lonlat && bounds.contains([place.lonlat[1], place.lonlat[0]]) && (OneMap.gaps.summary(place.code) || {}).worst).length;
  }

  // of thousands of places only those in and around the view
  function near(things) {
    return drawn ? things.filter((thing) => thing.lonlat && drawn.contains([thing.lonlat[1], thing.lonlat[0]])) : things;
  }

  // in a crowd a place with nothing to tell stands back
  function hasRoom(place) {
    return !OneMap.gapMarks.isCrowd() || OneMap.gapMarks.rank(place.code) < 2 || place.code === OneMap.state.get().place;
  }

  function redraw() {
    if (!OneMap.data) return;
    const shown = OneMap.data.places.filter(OneMap.layers.showsPlace);
    drawn = shown.length > MOST_DRAWN ? map.getBounds().pad(0.3) : null;
    OneMap.gapMarks.crowd(speakingInView(shown));
    const places = near(shown).filter(hasRoom);
    const facilities = near(
      OneMap.data.facilities.filter(function (facility) {
        return OneMap.layers.isOn("support." + facility.system);
      })
    );
    const focused = document.activeElement && document.activeElement.closest("#map .mark--place") ? document.activeElement.dataset.place : null;
    OneMap.drawing.clear();
    OneMap.drawing.ground(OneMap.layers.isOn);
    OneMap.drawing.outlines(places, OneMap.openPlace);
    OneMap.marks.draw(places, facilities, OneMap.openPlace, openFacility);
    OneMap.flows.show();
    OneMap.labels.show(OneMap.names.list(places, facilities));
    OneMap.marks.select(OneMap.state.get().place);
    if (focused) OneMap.marks.focus(focused);
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
    if (!OneMap.data) return;
    if (drawn || OneMap.gapMarks.crowd(speakingInView(OneMap.data.places.filter(OneMap.layers.showsPlace)))) {
      redraw();
      return;
    }
    OneMap.marks.arrange();
    OneMap.flows.arrange();
    OneMap.drawing.sizeSoftEdges();
    OneMap.labels.place();
  });
  map.on("moveend", function () {
    if (moved && !isOurMove && OneMap.data) {
      const centre = map.getCenter();
      OneMap.state.set({ at: centre.lat.toFixed(4) + "," + centre.lng.toFixed(4) + "," + map.getZoom() });
    }
    if (OneMap.data && drawn && !drawn.contains(map.getBounds())) redraw();
    else if (OneMap.data) OneMap.emit("moved", {});
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
    demoMark.hidden = !OneMap.data.demo;
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
        byCode = new Map(data.places.map((place) => [place.code, place]));
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
    } else if (changed.includes("layers") || changed.includes("node") || (changed.includes("chain") && !OneMap.state.get().chain)) redraw();
    if (changed.includes("place") && OneMap.state.get().place) reveal(OneMap.state.get().place);
    // by the Back button, not by our own writing
    if (changed.includes("at") && !isAt(OneMap.state.get().at) && OneMap.data) fit();
  });
  function isAt(at) {
    const centre = map.getCenter();
    return at === centre.lat.toFixed(4) + "," + centre.lng.toFixed(4) + "," + map.getZoom();
  }
  // a chosen chain is drawn when its gaps have come, or cannot be had
  OneMap.on("gaps", function (event) {
    if (event.status && event.status !== "loading") redraw();
  });
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
  else OneMap.gaps.reload();
  load();
})();

// What the marks mean: only what can be seen now. With a chain chosen its gaps come first (gap_legend.js); where they
// cannot be had, the states of the chain. On a wall the rest is folded away then.
// data-legend-box: the box · data-legend-title: its title · data-legend-list: its list · data-legend-rest: what folds
(function () {
  "use strict";
  const h = OneMap.h;
  const svg = OneMap.svg;
  const t = OneMap.t;
  const list = document.querySelector("[data-legend-list]");
  const title = document.querySelector("[data-legend-title]");
  const box = document.querySelector("[data-legend-box]");
  const rest = document.querySelector("[data-legend-rest]");
  let shown = "";
  let tallest = 0;

  function sample(...children) {
    return svg("svg", { viewBox: "0 0 32 20", class: "legend__sample", "aria-hidden": "true", focusable: "false" }, children);
  }
  function line(classes) {
    return classes.map(function (name) {
      return svg("path", { d: "M1 10H31", class: name });
    });
  }
  function area(classes, fill) {
    const shape = svg("rect", { x: 2, y: 2, width: 28, height: 16, rx: 2, class: classes });
    if (fill) shape.style.fill = fill;
    return shape;
  }
  function item(key, picture, words) {
    return { key: key, node: h("li", { "data-legend-item": key }, picture, h("span", {}, words)) };
  }
  function glyphItem(key, glyph, words) {
    return item(key, h("span", { class: "legend__glyph" }, glyph), words);
  }

  function inView(lonlat) {
    return lonlat && window.map_onemap.getBounds().contains([lonlat[1], lonlat[0]]);
  }

  function placesInView() {
    return OneMap.data.places.filter(function (place) {
      return OneMap.layers.showsPlace(place) && inView(place.lonlat);
    });
  }

  function items() {
    const isOn = OneMap.layers.isOn;
    const glyphs = OneMap.glyphs;
    const found = [];
    const chain = OneMap.chain.chosen();
    const hasGaps = Boolean(OneMap.gaps.overlay());
    const places = placesInView();
    if (hasGaps) {
      const isQuiet = places.some((place) => (OneMap.gaps.summary(place.code) || {}).isQuiet);
      if (isQuiet) found.push(glyphItem("gap-quiet", OneMap.gapMarks.samples.quiet(), t("未摸底，也未见企业", "Not surveyed, no firm known")));
    } else if (chain && OneMap.gaps.isFallback()) {
      ["present", "designated", "unknown"].forEach(function (state) {
        const count = places.filter(function (place) {
          return OneMap.chain.stateOf(place.code) === state;
        }).length;
        if (!count) return;
        found.push(item("state-" + state, h("span", { class: "swatch swatch--" + state }), OneMap.word("state", state) + t("（" + count + "）", " (" + count + ")")));
      });
      const firmsByCounty = OneMap.data.geometry.counties.features
        .map((feature) => [feature.properties, chain.states[feature.properties.code]])
        .filter(([, entry]) => entry && entry.state === "present");
      if (isOn("base.counties") && firmsByCounty.length) {
        const words = firmsByCounty.map(([county, entry]) => t(county.name_zh, county.name_en) + " " + entry.enterprises).join(t("、", ", "));
        found.push(item("county-present", sample(area("county county--present")), t("县域内有企业：", "Enterprises in the county: ") + words));
      }
    } else if (!chain) {
      ["national", "provincial"].forEach(function (level) {
        const some = places.some(function (place) {
          return place.level && place.level.level === level;
        });
        if (some) found.push(item("level-" + level, h("span", { class: "swatch swatch--" + level }), OneMap.word("level", level)));
      });
    }
    const neutral = hasGaps ? "glyph--silent" : chain ? "glyph--plain" : "glyph--none";
    // while gaps are shown only a place that has nothing to tell keeps its shape
    const shaped = places.filter((place) => !hasGaps || !OneMap.gaps.summary(place.code) || OneMap.gaps.summary(place.code).isSilent);
    Array.from(
      new Set(
        shaped.map(function (place) {
          return place.kind;
        })
      )
    ).forEach(function (kind) {
      found.push(glyphItem("kind-" + kind, glyphs.shape(kind, neutral), OneMap.word("kind", kind)));
    });
    if (
      places.some(function (place) {
        return OneMap.drawing.isSchematic(place.code);
      })
    ) {
      found.push(item("outline-schematic", sample(area("soft-edge soft-edge--sample"), area("outline outline--schematic")), t("示意轮廓", "Schematic outline")));
    }
    if (places.some((place) => place.drawn === "boundary")) {
      found.push(item("outline-boundary", sample(area("outline")), t("边界（已发布）", "Boundary, as published")));
    }
    if (
      !hasGaps &&
      places.some(function (place) {
        return place.drawn === "symbol" && OneMap.marks.isUncertain(place);
      })
    ) {
      found.push(glyphItem("uncertain", glyphs.shape("functional_area", neutral + " glyph--uncertain"), t("位置误差大于 5 公里", "Position uncertain by over 5 km")));
    }
    if (isOn("belt.line") && OneMap.drawing.features("belt_line").length) found.push(item("belt", sample(line(["belt belt--casing", "belt belt--line"])), t("320国道产业带（推定）", "G320 belt (inferred)")));
    if (isOn("belt.sections") && OneMap.drawing.features("belt_sections").length) found.push(item("sections", sample(area("section section--even", OneMap.theme() === "print" ? "url(#onemap-print-a)" : null)), t("功能段（位置推定）", "Belt section (position inferred)")));
    if (isOn("belt.stops") && OneMap.drawing.features("stops").length) found.push(item("stops", sample(svg("circle", { cx: 16, cy: 10, r: 4, class: "stop" })), t("沿线城镇", "Town on the way")));
    const facilities = OneMap.data.facilities.filter(function (facility) {
      return isOn("support." + facility.system) && inView(facility.lonlat);
    });
    Array.from(
      new Set(
        facilities.map(function (facility) {
          return facility.system;
        })
      )
    ).forEach(function (system) {
      found.push(glyphItem("system-" + system, glyphs.letter(system), OneMap.word("system", system)));
    });
    const network = OneMap.drawing.features("network");
    [
      ["road", t("道路", "Road")],
      ["rail", t("铁路", "Railway")],
    ].forEach(function (pair) {
      const some = network.some(function (feature) {
        return feature.properties.kind === pair[0];
      });
      if (some && isOn("base." + pair[0])) found.push(item(pair[0], sample(line(["network network--" + pair[0]])), pair[1]));
    });
    if (isOn("base.counties") && OneMap.drawing.features("counties").length) found.push(item("counties", sample(area("county county--on-belt")), t("县（市、区）", "County")));
    return found;
  }

  function draw() {
    if (!OneMap.data) return;
    const chain = OneMap.chain.chosen();
    title.textContent = chain ? OneMap.pick(chain, "name") : t("图例", "Legend");
    const gaps = OneMap.gapLegend.draw(
      placesInView()
        .map((place) => OneMap.gaps.summary(place.code))
        .filter(Boolean)
    );
    fold(Boolean(OneMap.gaps.overlay()) && OneMap.sizes() === "wall");
    const found = items();
    const key = OneMap.theme() + gaps + found
      .map(function (entry) {
        return entry.key + entry.node.textContent;
      })
      .join();
    if (key === shown) return;
    shown = key;
    list.replaceChildren(
      ...found.map(function (entry) {
        return entry.node;
      })
    );
    // Never lower than it was: a legend that shrinks makes the map larger, which may bring the item back, and so on.
    box.style.minHeight = "";
    const height = Math.max(tallest, box.offsetHeight);
    tallest = height;
    if (!OneMap.narrow.matches && OneMap.theme() !== "print") box.style.minHeight = height + "px";
    OneMap.labels.place();
  }
  let isFolding = null;
  function fold(folds) {
    if (folds !== isFolding) rest.open = !folds;
    rest.classList.toggle("legend__rest--folds", folds);
    isFolding = folds;
  }
  function forget() {
    tallest = 0;
    box.style.minHeight = "";
    shown = "";
  }
  window.addEventListener("resize", function () {
    forget();
    draw();
  });
  OneMap.on("theme", forget);
  OneMap.on("state", function (event) {
    if (event.changed.includes("chain")) forget();
  });
  rest.addEventListener("toggle", function () {
    forget();
    draw();
  });

  OneMap.on("drawn", draw);
  OneMap.on("moved", draw);
})();

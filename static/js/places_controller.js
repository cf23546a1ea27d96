// The places as a list beside the map, the keyboard's way to each of them, and those nobody can position (未定位).
// The belt's sections with their functions stand above them, also those whose place on the belt is unknown.
// data-section-list: the sections · data-place-list: the list · data-unplaced: the list of the unplaced · data-open: a button that opens the place
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const LAYER_ORDER = ["park", "zone", "county"];
  const list = document.querySelector("[data-place-list]");
  const sections = document.querySelector("[data-section-list]");
  const unplaced = document.querySelector("[data-unplaced]");
  const MOST_LISTED = 300;
  let isWhole = false;

  function button(place) {
    const gap = OneMap.gapMarks.of(place);
    const state = OneMap.chain.stateOf(place.code);
    const level = place.level && place.level.level !== "none" ? OneMap.pick(place.level, "label") : null;
    const words = gap ? OneMap.gapMarks.told(place.code) : [level, OneMap.word("kind", place.kind), state ? OneMap.word("state", state) : null];
    const element = h(
      "button",
      { type: "button", class: "place-button", "data-open": place.code },
      gap ? gap.glyph : OneMap.glyphs.shape(place.kind, OneMap.marks.classesOf(place), OneMap.chain.colourOf(place.code) === "unknown"),
      h(
        "span",
        { class: "place-button__words" },
        h("span", {}, OneMap.pick(place, "name")),
        h("span", { class: "note" }, words.filter(Boolean).join(" · "))
      )
    );
    element.addEventListener("click", function () {
      OneMap.openPlace(place.code, element);
    });
    return h("li", {}, element);
  }

  function section(one) {
    return h(
      "li",
      { class: "section-item" },
      h("strong", {}, OneMap.pick(one, "name")),
      h("span", { class: "section-item__function" }, OneMap.pick(one, "function")),
      one.drawn
        ? h("span", { class: "quiet" }, t("分段位置为推断（D）", "where it begins and ends is inferred (D)"))
        : h("span", { class: "unknown" }, t("线上位置未知，未画", "Position on the belt unknown, not drawn")),
      OneMap.facts.cite({ source: one.source, grade: one.grade })
    );
  }

  // of thousands the first; all on demand
  function more(count) {
    const element = h("button", { type: "button", class: "button" }, t("显示全部 " + count + " 个", "Show all " + count));
    element.addEventListener("click", function () {
      isWhole = true;
      draw();
      const next = list.children[MOST_LISTED];
      if (next) next.querySelector("button").focus();
    });
    return element;
  }

  function gapOf(place) {
    const summary = OneMap.gaps.summary(place.code);
    return summary ? summary.gap : 0;
  }

  function draw() {
    if (!OneMap.data) return;
    const places = OneMap.data.places.slice().sort(function (a, b) {
      // with gaps the largest first
      return gapOf(b) - gapOf(a) || LAYER_ORDER.indexOf(a.layer) - LAYER_ORDER.indexOf(b.layer) || a.priority - b.priority || a.code.localeCompare(b.code);
    });
    const without = places.filter(function (place) {
      return place.drawn === "unplaced";
    });
    const seen = places.filter(function (place) {
      return OneMap.layers.showsPlace(place) || (place.layer === "county" && place.drawn !== "unplaced" && OneMap.layers.isOn("base.counties"));
    });
    const first = isWhole ? seen : seen.slice(0, MOST_LISTED);
    list.replaceChildren(...first.map(button));
    if (first.length < seen.length) list.append(h("li", {}, more(seen.length)));
    if (!list.children.length) list.append(h("li", { class: "quiet" }, t("没有打开的图层。在上面勾选。", "No layer is switched on. Tick one above.")));
    unplaced.replaceChildren(...without.map(button));
    sections.replaceChildren(...OneMap.data.sections.map(section));
    sections.closest("section").hidden = !OneMap.data.sections.length;
    if (!without.length) unplaced.append(h("li", { class: "quiet" }, t("都已定位。", "All places have a position.")));
  }

  OneMap.on("data", draw);
  OneMap.on("state", function (event) {
    if (["layers", "chain", "node"].some((name) => event.changed.includes(name))) draw();
  });
  OneMap.on("gaps", function (event) {
    if (event.status !== "loading") draw();
  });
})();

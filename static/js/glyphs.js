// The marks: one shape per kind of place, one letter per support system. The fill tells the level or, where the gaps of
// a chosen chain cannot be had, its state there; a broken outline tells that the position is uncertain. Shape comes
// before colour. What a place looks like while gaps are shown is in gap_marks.js.
(function () {
  "use strict";
  const svg = OneMap.svg;

  // drawn in a box from -10 to 10
  const SHAPES = {
    development_zone: "M-5.2-9H5.2L10.4 0 5.2 9H-5.2L-10.4 0Z",
    industrial_park: "M-8.2-8.2H8.2V8.2H-8.2Z",
    industry_base: "M0-9.6 10 8H-10Z",
    logistics_park: "M-9-7.5H2.5L10 0 2.5 7.5H-9L-4.5 0Z",
    functional_area: "M0-9.2A9.2 9.2 0 1 1 0 9.2 9.2 9.2 0 1 1 0-9.2Z",
    specialty_park: "M0-10.2 2.9-3.9 9.7-3.2 4.6 1.5 6 8.2 0 4.8-6 8.2-4.6 1.5-9.7-3.2-2.9-3.9Z",
    chemical_park: "M-3.6-9.4H3.6V-3.4L9.6 8.6H-9.6L-3.6-3.4Z",
    expansion_area: "M-3.4-9.4H3.4V-3.4H9.4V3.4H3.4V9.4H-3.4V3.4H-9.4V-3.4H-3.4Z",
    sub_zone: "M0-10 10 0 0 10-10 0Z",
    other: "M-6-9H6L9-6V6L6 9H-6L-9 6V-6Z",
  };
  const SYSTEM_LETTERS = {
    innovation: ["创", "I"],
    talent: ["才", "T"],
    market: ["市", "M"],
    logistics: ["流", "L"],
    platform: ["台", "P"],
    finance: ["金", "F"],
  };
  const HATCHED = "url(#onemap-hatch)";

  // classes: "glyph--present", "glyph--uncertain", … ; hatched fills cannot come from a style sheet of another file
  function shape(kind, classes, hatched) {
    const path = svg("path", { d: SHAPES[kind] || SHAPES.other, class: "glyph__shape" });
    if (hatched) path.style.fill = HATCHED;
    return svg("svg", { viewBox: "-12 -12 24 24", class: "glyph " + (classes || ""), "aria-hidden": "true", focusable: "false" }, path);
  }

  function letter(system) {
    const letters = SYSTEM_LETTERS[system] || ["·", "·"];
    return svg(
      "svg",
      { viewBox: "-12 -12 24 24", class: "glyph glyph--system", "aria-hidden": "true", focusable: "false" },
      svg("rect", { x: -9.5, y: -9.5, width: 19, height: 19, rx: 4, class: "glyph__shape" }),
      svg("text", { x: 0, y: 0, "text-anchor": "middle", "dominant-baseline": "central", class: "glyph__letter" }, OneMap.t(letters[0], letters[1]))
    );
  }

  OneMap.glyphs = { shape: shape, letter: letter, hatch: HATCHED };
})();

// What a place looks like while a chain's gaps are shown: a ring of its nodes by kind around a disc of the most serious
// kind with its character; with one node chosen the disc alone. Few nodes: a segment each, in chain order, a wider gap
// between stages; many: arcs in proportion. A place of nothing but 待核实 is a small hatched ring, one with nothing to
// tell a small empty shape; a solid dot: a firm stands there. A crowd of places is drawn as discs alone.
(function () {
  "use strict";
  const svg = OneMap.svg;
  const h = OneMap.h;
  const t = OneMap.t;
  const MOST_SEGMENTS = 24;
  const MOST_RINGS = 150;
  const LEAST_ARC_DEG = 9;
  // across, by theme: the ring (and how much it grows with the gap), the disc, the quiet, the silent, one of a crowd
  const SIZES_PX = {
    phone: { ring: 31, growth: 11, disc: 23, quiet: 16, silent: 12, crowd: 9 },
    light: { ring: 38, growth: 14, disc: 26, quiet: 19, silent: 14, crowd: 11 },
    wall: { ring: 66, growth: 22, disc: 48, quiet: 32, silent: 22, crowd: 18 },
    print: { ring: 34, growth: 12, disc: 24, quiet: 17, silent: 12, crowd: 10 },
  };
  const LARGEST_GAP_YI_YUAN = 1000;
  const RING = { outer: 48, inner: 36, disc: 33 }; // in a box from -50 to 50
  const QUIET_HOLE = 20;
  const HATCHED = "url(#onemap-hatch-mark)"; // as coarse as a mark is small
  let isCrowd = false;

  function sizes() {
    return SIZES_PX[OneMap.narrow.matches && OneMap.theme() !== "print" ? "phone" : OneMap.sizes()];
  }

  // ---- shapes --------------------------------------------------------------------------------------------------------

  function point(degrees, radius) {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return (Math.cos(angle) * radius).toFixed(2) + " " + (Math.sin(angle) * radius).toFixed(2);
  }
  function circle(radius, sweep) {
    return "M0 " + -radius + "A" + [radius, radius, 0, 1, sweep, 0, radius].join(" ") + "A" + [radius, radius, 0, 1, sweep, 0, -radius].join(" ") + "Z";
  }
  function sector(from, to, hole) {
    const inner = hole || RING.inner;
    if (to - from >= 359.9) return circle(RING.outer, 1) + circle(inner, 0);
    const large = to - from > 180 ? 1 : 0;
    return (
      "M" + point(from, RING.outer) + "A" + [RING.outer, RING.outer, 0, large, 1].join(" ") + " " + point(to, RING.outer) +
      "L" + point(to, inner) + "A" + [inner, inner, 0, large, 0].join(" ") + " " + point(from, inner) + "Z"
    );
  }

  // kind → path, one segment a node
  function segments(kinds, nodes) {
    const breaks = nodes.filter((node, at) => at && node.stage !== nodes[at - 1].stage).length + 1;
    const stageGap = nodes.length > 1 ? 7 : 0;
    const step = (360 - breaks * stageGap) / nodes.length;
    const apart = nodes.length > 1 ? Math.min(3, step / 5) : 0;
    const paths = {};
    let at = stageGap / 2;
    nodes.forEach(function (node, number) {
      if (number && node.stage !== nodes[number - 1].stage) at += stageGap;
      const kind = OneMap.gaps.kindOf(kinds[number]) || "nothing";
      paths[kind] = (paths[kind] || "") + sector(at + apart / 2, at + step - apart / 2);
      at += step;
    });
    return paths;
  }

  // kind → path, in proportion to its nodes; no arc too short to be seen
  function arcs(summary, total) {
    const parts = OneMap.gaps.SEVERITY.filter((kind) => summary.counts[kind]).map(function (kind) {
      return { kind: kind, degrees: (summary.counts[kind] / total) * 360 };
    });
    const told = parts.reduce((sum, part) => sum + part.degrees, 0);
    if (told < 359.9) parts.push({ kind: "nothing", degrees: 360 - told });
    let owed = 0;
    parts.forEach(function (part) {
      if (part.degrees < LEAST_ARC_DEG) {
        owed += LEAST_ARC_DEG - part.degrees;
        part.degrees = LEAST_ARC_DEG;
      }
    });
    parts.reduce((a, b) => (b.degrees > a.degrees ? b : a), parts[0]).degrees -= owed;
    const apart = parts.length > 1 ? 3 : 0;
    const paths = {};
    let at = 0;
    parts.forEach(function (part) {
      paths[part.kind] = sector(at + apart / 2, at + part.degrees - apart / 2);
      at += part.degrees;
    });
    return paths;
  }

  function filled(shape, kind) {
    if (kind === "unverified") shape.style.fill = HATCHED;
    return shape;
  }
  function disc(kind, radius, words) {
    const size = words.length > 1 ? (radius * 2.25) / (words.length + 0.4) : radius * 1.25;
    return [
      filled(svg("circle", { r: radius, class: "gapmark__disc gapmark--" + kind }), kind),
      svg("text", { "text-anchor": "middle", "dominant-baseline": "central", "font-size": size.toFixed(1), lang: "zh-CN", class: "gapmark__words gapmark__words--" + kind }, words),
    ];
  }
  function presence(at, radius) {
    return svg("circle", { cx: at, cy: at, r: radius, class: "gapmark__present" });
  }
  function picture(classes, ...children) {
    return svg("svg", { viewBox: "-50 -50 100 100", class: "glyph gapmark " + classes, "aria-hidden": "true", focusable: "false" }, children);
  }

  // "补3": the most serious kind and its number of nodes
  function inside(summary) {
    return OneMap.gaps.CHARACTERS[summary.worst] + (summary.worst === "unverified" || OneMap.gaps.node() ? "" : summary.counts[summary.worst]);
  }

  function ring(summary) {
    const nodes = OneMap.gaps.overlay().nodes;
    const paths = nodes.length > MOST_SEGMENTS ? arcs(summary, nodes.length) : segments(summary.kinds, nodes);
    return picture(
      "gapmark--ring",
      svg("circle", { r: 49.5, class: "gapmark__ground" }),
      Object.keys(paths).map((kind) => filled(svg("path", { d: paths[kind], class: "gapmark__arc gapmark--" + kind }), kind)),
      disc(summary.worst, RING.disc, inside(summary)),
      summary.isPresent ? presence(36, 13) : null
    );
  }
  function quiet(summary) {
    return picture("gapmark--quiet", svg("circle", { r: QUIET_HOLE, class: "gapmark__ground" }), filled(svg("path", { d: sector(0, 360, QUIET_HOLE), class: "gapmark__arc gapmark--unverified" }), "unverified"));
  }
  function single(summary) {
    return picture("gapmark--single", disc(summary.worst, 46, inside(summary)), summary.isPresent ? presence(36, 15) : null);
  }
  function dot(summary) {
    return picture("gapmark--crowd", filled(svg("circle", { r: 44, class: "gapmark__disc gapmark--" + summary.worst }), summary.worst));
  }

  // ---- of a place ----------------------------------------------------------------------------------------------------

  // 0 without a gap in yuan, 1 from 1,000 亿元 on
  function growth(gap) {
    return Math.min(1, Math.log1p(gap) / Math.log1p(LARGEST_GAP_YI_YUAN));
  }

  // how much a place has to tell: 0 a kind, 1 nothing but 待核实, 2 nothing; null while no gaps are shown
  function rank(code) {
    if (!OneMap.gaps.overlay()) return null;
    const summary = OneMap.gaps.summary(code);
    if (!summary || summary.isSilent) return 2;
    return summary.isQuiet || !summary.worst ? 1 : 0;
  }

  // {glyph, size, kind}, or null while no gaps are shown
  function of(place) {
    if (!OneMap.gaps.overlay()) return null;
    const summary = OneMap.gaps.summary(place.code);
    const px = sizes();
    if (!summary || summary.isSilent) return { glyph: OneMap.glyphs.shape(place.kind, "glyph--silent"), size: px.silent, kind: "silent" };
    if (!summary.worst) return { glyph: picture("gapmark--single", presence(0, 30)), size: px.quiet, kind: "silent" };
    if (isCrowd) return { glyph: dot(summary), size: px.crowd, kind: summary.worst };
    if (summary.isQuiet) return { glyph: quiet(summary), size: px.quiet, kind: "unverified" };
    if (OneMap.gaps.node()) return { glyph: single(summary), size: px.disc, kind: summary.worst };
    return { glyph: ring(summary), size: px.ring + px.growth * growth(summary.gap), kind: summary.worst };
  }

  // "补链 3，强链 2", "缺 45.6 亿元", "有企业"; of one node: "漆包线：补链", "缺 8 亿元"
  function told(code) {
    const summary = OneMap.gaps.summary(code);
    if (!summary) {
      const at = OneMap.gaps.countedAt(code);
      const park = at && OneMap.findPlace(at);
      return park ? [t("缺口并入" + OneMap.pick(park, "name") + "计算", "its gaps are counted at " + OneMap.pick(park, "name"))] : [];
    }
    const node = OneMap.gaps.node();
    const kinds = OneMap.gaps.SEVERITY.filter((kind) => summary.counts[kind]).map(function (kind) {
      return OneMap.word("gap_kind", kind) + (node ? "" : " " + summary.counts[kind]);
    });
    return [
      (node ? OneMap.pick(node, "name") + t("：", ": ") : "") + (kinds.join(t("，", ", ")) || t("没有要说的", "nothing to tell")),
      summary.gap > 0 ? t("缺 ", "lacks ") + OneMap.gaps.yuan(summary.gap) : null,
      summary.isPresent ? OneMap.word("state", "present") : null,
    ].filter(Boolean);
  }

  OneMap.gapMarks = {
    of: of,
    rank: rank,
    told: told,
    // what is written on the mark of a place
    written: function (code) {
      const summary = OneMap.gaps.summary(code);
      return summary && summary.worst && !summary.isQuiet ? inside(summary) : null;
    },
    // how many places speak decides whether there is room for rings; true when that has changed
    crowd: function (count) {
      const before = isCrowd;
      isCrowd = count > MOST_RINGS;
      return before !== isCrowd;
    },
    isCrowd: function () {
      return isCrowd;
    },
    // the badge of a kind, as on the pages
    mark: function (kind) {
      return h("span", { class: "kind__mark kind__mark--" + kind, lang: "zh-CN", "aria-hidden": "true" }, OneMap.gaps.CHARACTERS[kind]);
    },
    samples: {
      present: function () {
        return picture("gapmark--single", presence(0, 22));
      },
      quiet: quiet,
    },
  };
})();

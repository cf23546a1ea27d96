// The legend of the gaps: the kinds now in sight with their numbers, the widths of the flows, 本地配套率, what the kinds
// are and of which data. Beside the legend of the map itself.
// data-gap-legend: the box · data-gap-notes: what folds away on a wall
(function () {
  "use strict";
  const h = OneMap.h;
  const svg = OneMap.svg;
  const t = OneMap.t;
  const box = document.querySelector("[data-gap-legend]");
  const more = document.querySelector("[data-gap-notes]");
  const DEFINITION = t("缺口类型为本应用的定义，非政策文件定义", "The kinds of gaps are this app's definitions, not those of a policy document");
  const SHARES = [
    ["by_value", t("按产值", "by value")],
    ["without_raw_material", t("不含原料环节", "without raw material")],
    ["simple_mean", t("各环节平均", "mean of the nodes")],
  ];

  function percent(value) {
    return value === null || value === undefined ? t("未知", "unknown") : OneMap.number(value * 100, 1) + "%";
  }
  function shareWords(share) {
    return SHARES.map((pair) => pair[1] + " " + percent(share[pair[0]])).join(t("，", ", "));
  }

  function item(key, picture, words) {
    return h("li", { "data-legend-item": key }, picture, h("span", {}, words));
  }
  function counted(words, count) {
    return words + t("（" + count + "）", " (" + count + ")");
  }

  function kinds(summaries) {
    const node = OneMap.gaps.node();
    return OneMap.gaps.SEVERITY.map(function (kind) {
      const count = summaries.reduce((sum, summary) => sum + summary.counts[kind], 0);
      return count ? item("gap-" + kind, OneMap.gapMarks.mark(kind), counted(OneMap.word("gap_kind", kind), count)) : null;
    }).concat(node || !summaries.some((summary) => summary.worst) ? [] : h("li", { class: "quiet", "data-counts": true }, t("数字为环节×地点", "numbers: nodes × places")));
  }

  function flowSample(amount) {
    const width = OneMap.flows.widthOf(amount);
    return svg("svg", { viewBox: "0 0 40 20", class: "legend__sample legend__sample--flow", "aria-hidden": "true", focusable: "false" }, svg("path", { d: "M2 10H26", class: "flow__line", "stroke-width": width }), svg("polygon", { points: "38,10 26," + (10 - Math.max(4, width * 0.9)) + " 26," + (10 + Math.max(4, width * 0.9)), class: "flow__head" }));
  }
  // a round amount not above it: 1, 2 or 5 times a power of ten
  function round(amount) {
    const power = Math.pow(10, Math.floor(Math.log10(amount)));
    return [5, 2, 1].find((part) => part * power <= amount) * power;
  }
  function flows() {
    const largest = OneMap.flows.largest();
    if (!largest) return [];
    const big = round(largest);
    const undrawn = OneMap.flows.undrawn();
    return [
      item("flow", [flowSample(big), flowSample(big / 10)], t("供方 → 用方：", "supplier → buyer: ") + OneMap.gaps.yuan(big) + t("、", ", ") + OneMap.gaps.yuan(big / 10)),
      undrawn ? item("flow-undrawn", "", t("另有 " + undrawn + " 对供需的一端不在图上", undrawn + " pairs have an end that is not on the map")) : null,
    ];
  }

  function scope() {
    const node = OneMap.gaps.node();
    return (node ? OneMap.pick(node, "name") : t("全部环节", "All nodes")) + " · " + OneMap.gaps.radiusWords(OneMap.gaps.overlay().radius);
  }

  function definition() {
    const address = OneMap.pageUrl("/gaps#definitions");
    return address ? h("a", { href: address }, DEFINITION) : DEFINITION;
  }
  function notes(hasRings) {
    const overlay = OneMap.gaps.overlay();
    return [
      h("span", { class: "gap-notes__definition" }, DEFINITION),
      hasRings ? t("圆心：最重的一类及其环节数；圈：各类占全部环节的比例；圈越大，缺得越多", "centre: the most serious kind and its number of nodes; ring: shares of all nodes; the larger, the more is lacking") : null,
      OneMap.gapMarks.isCrowd() ? t("地点很多：只标最重的一类，没有可说的不画；放大看各类构成", "many places: only the most serious kind is marked, places with nothing to tell are left out; zoom in for more") : null,
      overlay.audience === "public" ? t("未公开的企业产能按规模档计，相关数字为约数", "unpublished capacities count as their class of size; figures with them are approximate") : null,
      t("数据版本 ", "data revision ") + overlay.data_revision,
    ]
      .filter(Boolean)
      .map((note) => (note instanceof Node ? note : h("span", {}, note)));
  }

  // summaries: of the places in sight; what it says, as text
  function draw(summaries) {
    const overlay = OneMap.gaps.overlay();
    box.hidden = !overlay;
    more.hidden = !overlay;
    if (!overlay) {
      box.replaceChildren();
      more.replaceChildren();
      return "";
    }
    const rings = !OneMap.gaps.node() && !OneMap.gapMarks.isCrowd() && summaries.some((summary) => summary.worst && !summary.isQuiet);
    box.replaceChildren(
      h("p", { class: "gap-legend__scope" }, scope()),
      h(
        "ul",
        { class: "legend__list" },
        kinds(summaries),
        summaries.some((summary) => summary.isPresent) ? item("gap-present", h("span", { class: "legend__glyph" }, OneMap.gapMarks.samples.present()), OneMap.word("state", "present")) : null,
        flows()
      ),
      h("p", { class: "gap-legend__share" }, h("strong", {}, t("本地配套率 ", "Local supply ")), overlay.local_share.by_value === null ? h("span", { class: "unknown" }, t("未知", "Unknown")) : shareWords(overlay.local_share)),
      h("p", { class: "gap-legend__definition" }, definition())
    );
    more.replaceChildren(...notes(rings));
    return box.textContent + more.textContent;
  }

  OneMap.gapLegend = { draw: draw, shareWords: shareWords };
})();

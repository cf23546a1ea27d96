// 产业链缺口 in the details of a place: of the chosen chain, the largest gap first, each with a sentence that can be read
// aloud. It comes by itself while the rest of the panel stands, and anew with another radius, node or chain.
// data-gap-panel: the section · data-gap-row: a row, its node · data-gap-more: shows the rows left out
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const facts = OneMap.facts;
  const FIRST_ROWS = 8;
  const LATE_MS = 1000;
  let place = null;
  let section = null;
  let asked = 0;
  let told = null; // the last answer, for another node of the same

  // ---- one row -------------------------------------------------------------------------------------------------------

  function nodeName(row) {
    const node = OneMap.gaps.findNode(row.node);
    return (node ? OneMap.pick(node, "name") : OneMap.pick(row, "node")) || row.node;
  }
  function badge(kind) {
    return h("span", { class: "kind", "data-kind": kind }, OneMap.gapMarks.mark(kind), h("span", {}, OneMap.word("gap_kind", kind)));
  }

  function suppliers(row) {
    if (!row.suppliers.length) return null;
    const named = row.suppliers.map(function (supplier) {
      const range = supplier.capacity_range_yi_yuan;
      const about = range ? t("（产能 " + range[0] + "–" + range[1] + " 亿元）", " (capacity " + range[0] + "–" + range[1] + " × ¥100 m)") : "";
      const name = supplier.place === row.place ? t("本地", "the place itself") : OneMap.pick(supplier, "place");
      return name + " " + OneMap.gaps.yuan(supplier.amount_yi_yuan) + about;
    });
    return h("p", { class: "gap-row__detail" }, h("span", { class: "quiet" }, t("供方 ", "Supplied by ")), named.join(t("、", ", ")));
  }

  // the clauses designate the chain here, so they are the same for every node: told once
  function clauses() {
    const row = (told.items || []).find((one) => one.designated_by.length);
    if (!row) return null;
    return h("p", { class: "gap-row__detail" }, h("span", { class: "quiet" }, t("政策定位 ", "Designated by ")), row.designated_by.map((of, order) => [order ? t("；", "; ") : "", facts.source(of)]));
  }

  function marks(row) {
    const found = [
      row.single_point ? h("span", { class: "badge" }, t("单点", "Single point")) : null,
      row.by_presence ? h("span", { class: "badge" }, t("按有无判断", "By presence")) : null,
      row.remedy ? h("span", { class: "badge badge--remedy" }, t("建议：", "Advice: ") + OneMap.word("remedy", row.remedy)) : null,
      whatIf(row),
    ].filter(Boolean);
    return found.length ? h("p", { class: "gap-row__marks" }, found) : null;
  }

  function whatIf(row) {
    const land = OneMap.pageUrl("/gaps/what-if?chain=" + encodeURIComponent(told.chain) + "&radius=" + encodeURIComponent(told.radius) + "&land=" + encodeURIComponent(row.place + ":" + row.node + ":1"));
    if (!land || !(row.gap_yi_yuan > 0 || row.remedy)) return null;
    return h("a", { class: "gap-row__try", href: land }, t("试算引进一家", "Try landing one firm"));
  }

  function item(row) {
    const isChosen = OneMap.state.get().node === row.node;
    return h(
      "li",
      { class: "gap-row" + (isChosen ? " gap-row--chosen" : ""), "data-gap-row": row.node },
      h("p", { class: "gap-row__head" }, badge(row.kind), h("strong", { class: "gap-row__node" }, nodeName(row), " ", facts.grade(row.grade)), row.gap_yi_yuan > 0 ? h("span", { class: "gap-row__gap figure" }, t("缺 ", "lacks "), h("span", { class: "figure__value" }, OneMap.gaps.yuan(row.gap_yi_yuan))) : null),
      h("p", { class: "gap-row__sentence" }, OneMap.t(row.sentence_zh, row.sentence_en)),
      suppliers(row),
      marks(row)
    );
  }

  // ---- the section ---------------------------------------------------------------------------------------------------

  function counted() {
    if (told.counted_at === told.place) return null;
    const park = OneMap.findPlace(told.counted_at);
    return h("p", { class: "note" }, t("片区不单独计算，下面是所属园区的缺口：", "A zone is not counted by itself; these are the gaps of its park: ") + (park ? OneMap.pick(park, "name") : told.counted_at));
  }

  function unsurveyed() {
    if (told.surveyed) return null;
    return h(
      "div",
      { class: "notice" },
      h("p", {}, h("strong", {}, t("这里还没有对这条产业链摸底，所以都是待核实。", "Nobody has surveyed this chain here, so everything is still to be verified."))),
      h("p", {}, t("下一步：由园区管委会填报在营企业和产能，或实地调查后登记一次摸底；之后这里会给出结论。", "Next: the park's administration reports its firms and capacities, or a survey is made and registered; then this place gets its verdicts."))
    );
  }

  // rows without a figure say the same of one node after another: one line for all of them
  function isBare(row) {
    return row.kind === "unverified" && !row.is_surveyed && !row.firms && !(row.demand_yi_yuan > 0) && row.coverage !== null && !row.suppliers.length;
  }
  function bare(rows) {
    if (!rows.length) return null;
    const likely = new Map();
    rows.forEach(function (row) {
      const key = row.kind_low === row.kind_high ? row.kind_low : "";
      if (!likely.has(key)) likely.set(key, []);
      likely.get(key).push(nodeName(row));
    });
    return h(
      "div",
      { class: "gap-bare" },
      h("p", { class: "gap-row__head" }, badge("unverified"), h("strong", { class: "gap-row__node" }, t(rows.length + " 个环节待核实", rows.length + " nodes to be verified"))),
      Array.from(likely.entries()).map(function (entry) {
        const says = entry[0] ? t("就已知资料看像是“" + OneMap.word("gap_kind", entry[0]) + "”：", "what is known says “" + OneMap.word("gap_kind", entry[0]) + "”: ") : t("还看不出：", "not to be told yet: ");
        return h("p", { class: "gap-row__detail" }, h("span", { class: "quiet" }, says), entry[1].join(t("、", ", ")));
      })
    );
  }

  function list(rows) {
    const chosen = OneMap.state.get().node;
    const first = rows.filter((row, order) => order < FIRST_ROWS || row.node === chosen);
    const items = h("ul", { class: "gap-rows" }, first.map(item));
    if (first.length === rows.length) return [items];
    const more = h("button", { type: "button", class: "button", "data-gap-more": true }, t("显示全部 " + rows.length, "Show all " + rows.length));
    more.addEventListener("click", function () {
      items.replaceChildren(...rows.map(item));
      more.remove();
      const next = items.children[first.length];
      if (next) {
        next.setAttribute("tabindex", "-1");
        next.focus({ preventScroll: true });
      }
    });
    return [items, more];
  }

  function share() {
    const of = told.local_share;
    if (!of || of.by_value === null) return null;
    return h("p", { class: "gap-row__detail" }, h("span", { class: "quiet" }, t("这里的本地配套率 ", "Local supply of this place ")), OneMap.gapLegend.shareWords(of));
  }

  function vacancy() {
    const row = (told.items || []).find((one) => one.vacant_plots !== null && one.vacant_plots !== undefined);
    if (!row) return null;
    const largest = row.largest_vacant_plot_ha ? t("，最大 " + OneMap.number(row.largest_vacant_plot_ha) + " 公顷", ", the largest of " + OneMap.number(row.largest_vacant_plot_ha) + " ha") : "";
    return h("p", { class: "gap-row__detail" }, h("span", { class: "quiet" }, t("已知空置地块 ", "Plots known to be vacant ")), row.vacant_plots + largest);
  }

  function fill() {
    const chain = OneMap.chain.chosen();
    const rows = told.items || [];
    const bareRows = rows.filter(isBare);
    const page = OneMap.pageUrl("/gaps?chain=" + encodeURIComponent(told.chain) + "&place=" + encodeURIComponent(told.counted_at) + (told.radius === "own" ? "" : "&radius=" + encodeURIComponent(told.radius)));
    const children = [
      h("p", { class: "note" }, (chain ? OneMap.pick(chain, "name") + " · " : "") + OneMap.gaps.radiusWords(told.radius)),
      counted(),
      unsurveyed(),
      share(),
      vacancy(),
      clauses(),
      list(rows.filter((row) => !isBare(row))),
      bare(bareRows),
    ];
    if (!told.items) children.push(h("p", { class: "quiet" }, t("这个文件没有包含此范围的逐条说明；请选“园区”或“默认”。", "This file holds no rows for this radius; choose the park alone or the default.")));
    else if (!rows.length) children.push(h("p", { class: "quiet" }, t("这条产业链在这里没有缺口，也没有企业。", "This chain has neither gaps nor firms here.")));
    if (page) children.push(h("p", {}, h("a", { href: page }, t("在缺口清单中查看", "See them in the list of gaps"))));
    put(children);
  }

  function put(children) {
    section.replaceChildren(h("h3", {}, t("产业链缺口", "Chain gaps")), ...children.flat(Infinity).filter(Boolean));
  }

  function load() {
    asked += 1;
    const ticket = asked;
    const chain = OneMap.state.get().chain;
    section.hidden = !chain;
    told = null;
    if (!chain) {
      section.replaceChildren();
      return Promise.resolve();
    }
    if (!section.children.length) put([h("p", { class: "quiet" }, t("正在计算…", "Computing…"))]);
    section.setAttribute("aria-busy", "true");
    return OneMap.source.placeGaps(place, chain, OneMap.gaps.radius()).then(
      function (answer) {
        if (ticket !== asked) return;
        section.removeAttribute("aria-busy");
        told = answer;
        fill();
      },
      function (error) {
        if (ticket !== asked) return;
        section.removeAttribute("aria-busy");
        if (error.isMissing) {
          put([h("p", { class: "quiet" }, OneMap.exported ? t("这个文件没有包含这里的缺口。", "This file holds no gaps of this place.") : t("这个地点不参与缺口计算。", "No gaps are computed for this place."))]);
          return;
        }
        const again = h("button", { type: "button", class: "button" }, t("重试", "Try again"));
        again.addEventListener("click", load);
        put([h("div", { class: "notice notice--danger", role: "alert" }, h("p", {}, t("缺口没有载入。", "The gaps did not load."))), again]);
      }
    );
  }

  OneMap.gapPanel = {
    // Start on a place. Settles when its section is filled, or when the rest should not wait for it any longer: what
    // is read stays where it is.
    begin: function (code) {
      place = code;
      section = h("section", { class: "panel__section gap-panel", "data-gap-panel": true });
      const late = new Promise(function (resolve) {
        window.setTimeout(resolve, LATE_MS);
      });
      return Promise.race([load(), late]);
    },
    section: function () {
      return section;
    },
  };
  OneMap.on("state", function (event) {
    if (!section || !section.isConnected) return;
    if (["chain", "radius", "as_of"].some((name) => event.changed.includes(name))) load();
  });
  // names of nodes come with the overlay; the chosen node stands out
  OneMap.on("gaps", function (event) {
    if (event.status === "ready" && told) fill();
  });
  OneMap.on("state", function (event) {
    if (event.changed.includes("node") && told && section.isConnected) fill();
  });
})();

// How a fact is shown anywhere on the map page: its number with unit and year, its source as a link to the clause,
// its grade, its period. Mirrors templates/macros.html.
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;

  const WORDS = {
    area: {
      approved: ["核准面积", "Approved area"],
      planned: ["规划面积", "Planned area"],
      granted: ["批复面积", "Area granted"],
      built: ["建成面积", "Built-up area"],
      developed: ["累计开发面积", "Area developed so far"],
      target: ["目标面积", "Target area"],
    },
    comparison: {
      ge: ["不少于", "at least"],
      gt: ["超过", "more than"],
      le: ["不超过", "at most"],
      lt: ["低于", "less than"],
      about: ["约", "about"],
      range_low: ["下限", "from"],
      range_high: ["上限", "up to"],
    },
    designation: {
      industry: ["产业", "Industry"],
      cluster: ["集群", "Cluster"],
      function: ["功能", "Function"],
      title: ["称号", "Title"],
      leading_industry: ["首位或主导产业", "Leading industry"],
    },
    name: {
      official: ["正式名称", "Official name"],
      short: ["简称", "Short name"],
      former: ["曾用名", "Former name"],
      alias: ["别名", "Also called"],
    },
    capacity: {
      observed: ["已形成", "in operation"],
      designed: ["设计", "designed"],
      planned: ["计划", "planned"],
      signed: ["签约", "signed"],
      under_construction: ["在建", "under construction"],
      unclear: ["口径未说明", "kind not stated"],
    },
    observation: {
      observed: ["实际", "observed"],
      estimate: ["预计", "expected"],
      capacity: ["能力", "capacity"],
      target: ["目标", "target"],
      derived: ["推算", "derived"],
      reported: ["报道", "reported"],
      list: ["名单", "list"],
      approved: ["批准", "approved"],
      unknown: ["未找到", "not found"],
    },
    offer: {
      confirmed: ["有效（已确认）", "In force (confirmed)"],
      unconfirmed: ["待确认", "Unconfirmed"],
      expired: ["已到期", "Expired"],
      not_found: ["未找到", "Not found"],
      not_yet: ["尚未生效", "Not yet in force"],
      reported_current: ["报道称现行，待确认", "Reported as current, unconfirmed"],
    },
  };

  function word(vocabulary, key) {
    const pair = WORDS[vocabulary] && WORDS[vocabulary][key];
    return pair ? t(pair[0], pair[1]) : OneMap.word(vocabulary, key);
  }

  function clause(clauseNumber) {
    if (/^\d+$/.test(clauseNumber)) return t("第" + clauseNumber + "条", "clause " + clauseNumber);
    return t(clauseNumber, "clause " + clauseNumber);
  }

  function unknown(who) {
    return [h("span", { class: "unknown" }, t("未知", "Unknown")), who ? h("span", { class: "note" }, " " + who) : null];
  }

  function source(of) {
    const box = h("span", { class: "source" });
    if (of && of.document) {
      const words = of.document + (of.clause ? " " + clause(of.clause) : "");
      const url = OneMap.pageUrl("/policies/" + encodeURIComponent(of.document));
      box.append(url ? h("a", { href: url + (of.clause ? "#clause-" + encodeURIComponent(of.clause) : "") }, words) : words);
    } else if (of && of.publication) {
      box.append(of.publication);
    } else {
      box.append(t("出处", "Source") + " ", ...unknown().filter(Boolean));
    }
    if (of && of.date) box.append(" · " + of.date);
    return box;
  }

  function grade(letter) {
    if (!letter) return null;
    const words = OneMap.word("grade", letter);
    return h("span", { class: "grade grade--" + letter, title: words }, h("span", { class: "visually-hidden" }, t("可信度 ", "Grade ")), letter, h("span", { class: "visually-hidden" }, " " + words));
  }

  function cite(fact) {
    if (!fact) return null;
    return h("span", { class: "cite" }, source(fact.source), " ", grade(fact.grade), fact.note ? h("span", { class: "note" }, " " + fact.note) : null);
  }

  function period(of) {
    if (!of) return null;
    let words;
    if (of.valid_to) {
      words = t((of.valid_from || "起始未知") + " 至 " + of.valid_to, (of.valid_from || "start unknown") + " to " + of.valid_to);
    } else if (of.valid_from) {
      // an end nobody wrote down is no proof that it still holds
      words = t(of.valid_from + " 起，未见截止", "from " + of.valid_from + ", no end known");
    } else if (of.attested_on) {
      words = t("起始未知，" + of.attested_on + " 有记载", "start unknown, on record " + of.attested_on);
    } else {
      words = t("起止未知", "period unknown");
    }
    const doubt = of.holds === "unknown" ? h("span", { class: "unknown" }, t("此时点不确定", "not certain at this date")) : null;
    const over = of.holds === "no" ? h("span", { class: "badge badge--expired" }, t("此时点无效", "not in force at this date")) : null;
    return h("span", { class: "note period" }, words, doubt || over ? " " : null, doubt, over);
  }

  function figure(value, unit, year, comparison) {
    const words = comparison && comparison !== "eq" ? word("comparison", comparison) + t("", " ") : "";
    return h(
      "span",
      { class: "figure" },
      words,
      h("span", { class: "figure__value" }, typeof value === "number" ? OneMap.number(value) : value),
      unit ? h("span", { class: "figure__unit" }, unit) : null,
      year ? h("span", { class: "figure__year" }, year) : null
    );
  }

  // one unit is stored (hectares); 亩 and km² are for reading
  function area(fact) {
    if (fact.area_ha === null || fact.area_ha === undefined) return h("span", {}, ...unknown().filter(Boolean), fact.stated ? " " + fact.stated : "");
    const hectares = fact.area_ha;
    return h(
      "span",
      {},
      figure(Math.round(hectares * 10) / 10, t(" 公顷", " ha"), fact.year, fact.comparison),
      h("span", { class: "note" }, t("（", " (") + OneMap.number(hectares * 15, 0) + t(" 亩，", " mu, ") + OneMap.number(hectares / 100, 2) + t(" km²）", " km²)"))
    );
  }

  OneMap.facts = { word: word, clause: clause, unknown: unknown, source: source, grade: grade, cite: cite, period: period, figure: figure, area: area };
})();

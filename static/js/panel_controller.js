// The details of one place, beside the map; on a phone they come from below. Statements that disagree stand side by
// side. Every number has its source; what nobody published is shown as unknown, with who could say it.
// data-panel: the panel · data-browse: what it replaces while open (layers, places, unplaced) · data-panel-close: button
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const facts = OneMap.facts;
  const panel = document.querySelector("[data-panel]");
  const browse = document.querySelector("[data-browse]");
  let opener = null;
  let asked = 0;

  function section(title, children, options) {
    const body = children.flat().filter(Boolean);
    if (!body.length) return null;
    if (options && options.folded) {
      return h("details", { class: "panel__section panel__section--folded" }, h("summary", {}, title), body);
    }
    return h("section", { class: "panel__section" }, h("h3", {}, title), body);
  }

  function grouped(list, keyOf) {
    const groups = new Map();
    list.forEach(function (item) {
      const key = keyOf(item);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    });
    return groups;
  }
  function sourceKey(fact) {
    const of = fact.source || {};
    return [of.document, of.clause, of.publication, of.date].join("|");
  }

  // ---- the parts ---------------------------------------------------------------------------------------------------

  function level(place) {
    const box = h("p", { class: "panel__badges" });
    const current = place.level;
    if (current && current.level !== "none") {
      box.append(h("span", { class: "badge badge--level-" + current.level }, OneMap.pick(current, "label")));
      if (current.holds === "unknown") box.append(" ", h("span", { class: "unknown" }, t("此时点不确定", "not certain at this date")));
    } else if (place.layer !== "county") {
      box.append(h("span", { class: "badge" }, current ? OneMap.pick(current, "label") : t("级别未知", "Level unknown")));
    }
    box.append(" ", h("span", { class: "badge" }, OneMap.word("kind", place.kind)));
    const county = OneMap.pick(place, "county");
    if (county) box.append(" ", h("span", { class: "badge" }, county));
    return box;
  }

  function levels(place) {
    return section(
      t("级别", "Level"),
      (place.levels || []).map(function (entry) {
        return h("p", { class: "row" }, h("strong", {}, OneMap.pick(entry, "label")), " ", facts.period(entry), h("br"), facts.cite(entry));
      })
    );
  }

  function areas(place) {
    const rows = (place.areas || []).map(function (entry) {
      return h("div", { class: "row" }, h("span", { class: "row__name" }, facts.word("area", entry.kind)), h("span", {}, facts.area(entry), h("br"), facts.cite(entry)));
    });
    if (!rows.length) rows.push(h("p", {}, facts.unknown(t("公开资料中没有找到面积。", "No area was found in public sources."))));
    return section(t("面积（按口径）", "Area, by kind"), rows);
  }

  function designationItem(entry, withPeriod) {
    return h("li", {}, OneMap.pick(entry, "subject"), " ", h("span", { class: "note" }, facts.word("designation", entry.kind)), withPeriod ? [" ", facts.period(entry)] : null);
  }

  function statement(list) {
    const periods = new Set(list.map((entry) => [entry.valid_from, entry.valid_to, entry.attested_on, entry.holds].join()));
    const isOne = periods.size === 1;
    const notes = Array.from(new Set(list.map((entry) => entry.note).filter(Boolean)));
    return [
      h("p", { class: "statement__source" }, facts.source(list[0].source), " ", facts.grade(list[0].grade)),
      h("ul", { class: "plain" }, list.map((entry) => designationItem(entry, !isOne))),
      h("p", { class: "statement__after" }, isOne ? facts.period(list[0]) : null, notes.length ? h("span", { class: "note" }, " " + notes.join(OneMap.t("；", "; "))) : null),
    ];
  }

  function conflicts(list, title, render) {
    const tokens = grouped(
      list.filter(function (entry) {
        return entry.conflict;
      }),
      function (entry) {
        return entry.conflict;
      }
    );
    return Array.from(tokens.values()).map(function (entries) {
      const sides = Array.from(grouped(entries, sourceKey).values());
      return h(
        "div",
        { class: "conflict" },
        h("p", { class: "conflict__title" }, title(sides.length)),
        h(
          "div",
          { class: "conflict__sides" },
          sides.map(function (side) {
            return h("div", { class: "conflict__side" }, render(side));
          })
        )
      );
    });
  }

  function designations(place) {
    const list = place.designations || [];
    const children = conflicts(
      list,
      function (count) {
        return t("说法不一：" + count + " 处出处并列", "Sources differ: " + count + " statements side by side");
      },
      statement
    );
    const rest = list.filter(function (entry) {
      return !entry.conflict;
    });
    grouped(rest, sourceKey).forEach(function (entries) {
      children.push(h("div", { class: "statement" }, statement(entries)));
    });
    if (!list.length) children.push(h("p", { class: "quiet" }, t("五份文件和已查资料中没有对这里的定位。", "No designation was found for this place.")));
    return section(t("政策定位（按条款）", "Designated for, by clause"), children);
  }

  function capacity(entry) {
    return h(
      "li",
      {},
      entry.value === null || entry.value === undefined ? entry.stated || facts.unknown() : facts.figure(entry.value, entry.unit, entry.year),
      " ",
      h("span", { class: "note" }, facts.word("capacity", entry.kind)),
      " ",
      facts.cite(entry)
    );
  }

  // a firm at several nodes is told in full once
  function enterprise(entry, isTold) {
    const name = [h("span", { class: "enterprise__name" }, OneMap.pick(entry, "name")), OneMap.lang === "en" ? h("span", { class: "note" }, " (pinyin) " + entry.name_zh) : null];
    if (isTold) return h("li", { class: "enterprise" }, name, h("span", { class: "note" }, t("（见上）", " (see above)")));
    const capacities = (entry.capacities || []).map(capacity);
    return h(
      "li",
      { class: "enterprise" },
      name,
      entry.evidence_on ? h("span", { class: "note" }, t(" 证据日期 ", " evidence of ") + entry.evidence_on) : null,
      capacities.length ? h("ul", { class: "plain" }, capacities) : null,
      h("div", {}, facts.cite(entry))
    );
  }

  function enterprises(place) {
    const list = place.enterprises || [];
    const chosen = OneMap.state.get().chain;
    const byNode = new Map();
    list.forEach(function (entry) {
      const nodes = entry.nodes && entry.nodes.length ? entry.nodes : [{ code: "", chain: "", name_zh: "环节未定", name_en: "Node not determined" }];
      nodes.forEach(function (node) {
        const key = node.chain + "|" + node.code;
        if (!byNode.has(key)) byNode.set(key, { node: node, entries: [] });
        byNode.get(key).entries.push(entry);
      });
    });
    const groups = Array.from(byNode.values()).sort(function (a, b) {
      return (b.node.chain === chosen) - (a.node.chain === chosen) || !a.node.chain - !b.node.chain || a.node.code.localeCompare(b.node.code);
    });
    const told = new Set();
    function once(entry) {
      const isTold = told.has(entry.code);
      told.add(entry.code);
      return enterprise(entry, isTold);
    }
    return section(
      t("企业（按产业链环节）", "Enterprises, by chain node"),
      groups.map(function (group) {
        const chain = OneMap.chain.find(group.node.chain);
        return h(
          "div",
          { class: "node-group" },
          h("h4", {}, chain ? h("span", { class: "quiet" }, OneMap.pick(chain, "name") + " · ") : null, OneMap.pick(group.node, "name")),
          h("ul", { class: "plain" }, group.entries.map(once))
        );
      })
    );
  }

  function facilities(place) {
    return section(
      t("配套设施", "Support facilities"),
      (place.facilities || []).map(function (entry) {
        return h(
          "p",
          { class: "row" },
          h("strong", {}, OneMap.pick(entry, "name")),
          OneMap.lang === "en" ? h("span", { class: "note" }, " (our translation) " + entry.name_zh) : null,
          " ",
          h("span", { class: "note" }, [OneMap.word("system", entry.system), entry.type_zh, entry.status_zh, entry.year].filter(Boolean).join(" · ")),
          h("br"),
          facts.cite(entry)
        );
      })
    );
  }

  function targets(place) {
    return section(
      t("指标", "Targets"),
      (place.targets || []).map(function (entry) {
        const responsible = entry.responsible && entry.responsible.length ? t("责任单位：", "Responsible: ") + entry.responsible.join(t("、", ", ")) : null;
        return h(
          "div",
          { class: "row" },
          h("span", { class: "row__name" }, OneMap.pick(entry, "indicator"), h("span", { class: "note" }, " " + t(entry.scope || "", entry.scope_en || entry.scope || ""))),
          h("span", {}, facts.figure(entry.value, t(entry.unit, entry.unit_en || entry.unit), entry.year, entry.comparison), h("br"), facts.cite(entry), responsible ? h("span", { class: "note" }, " " + responsible) : null)
        );
      })
    );
  }

  function observedFigure(entry) {
    if (entry.value !== null && entry.value !== undefined) return facts.figure(entry.value, entry.unit, entry.period);
    if (entry.value_text) return facts.figure(entry.value_text, entry.unit, entry.period);
    return facts.unknown();
  }

  function observations(place) {
    const list = place.observations || [];
    const children = conflicts(
      list,
      function () {
        return t("数字不一，各出处并列", "Figures differ, shown side by side");
      },
      function (side) {
        return side.map(function (entry) {
          return h("p", {}, OneMap.pick(entry, "indicator"), h("br"), observedFigure(entry), h("br"), facts.cite(entry));
        });
      }
    );
    list
      .filter(function (entry) {
        return !entry.conflict;
      })
      .forEach(function (entry) {
        children.push(
          h(
            "div",
            { class: "row" },
            h("span", { class: "row__name" }, OneMap.pick(entry, "indicator"), h("span", { class: "note" }, " " + facts.word("observation", entry.kind))),
            h("span", {}, observedFigure(entry), h("br"), facts.cite(entry))
          )
        );
      });
    return section(t("统计值", "Figures on record"), children);
  }

  function offers(place) {
    const list = place.offers || [];
    return section(
      t("优惠政策（", "Offers (") + list.length + t(" 项）", ")"),
      list.map(function (entry) {
        const tiers = (entry.tiers || []).map(function (tier) {
          const bounds = tier.upper === null || tier.upper === undefined ? "≥ " + tier.lower : tier.lower === null || tier.lower === undefined ? "< " + tier.upper : tier.lower + "–" + tier.upper + t("（不含）", " (excl.)");
          return h("li", {}, bounds + " " + (tier.unit || "") + t("：", ": "), facts.figure(tier.value, tier.value_unit));
        });
        return h(
          "div",
          { class: "offer" },
          h("p", {}, h("strong", {}, OneMap.pick(entry, "name")), " ", h("span", { class: "badge badge--" + entry.status }, facts.word("offer", entry.status))),
          h("p", {}, OneMap.pick(entry, "rule")),
          tiers.length ? h("ul", { class: "plain" }, tiers) : null,
          h("p", {}, facts.period(entry), " ", facts.cite(entry))
        );
      }),
      { folded: list.length > 3 }
    );
  }

  function names(place) {
    const list = (place.names || []).map(function (entry) {
      return h("li", {}, entry.name, " ", h("span", { class: "note" }, facts.word("name", entry.kind)), " ", facts.period(entry), entry.source ? [" ", facts.cite(entry)] : null);
    });
    const codes = (place.codes || []).map(function (entry) {
      return h("li", {}, entry.scheme + t("：", ": ") + entry.code, " ", facts.cite(entry));
    });
    return section(t("名称和代码", "Names and codes"), list.length + codes.length ? [h("ul", { class: "plain" }, list, codes)] : [], { folded: true });
  }

  function history(place) {
    const rows = (place.history || []).map(function (entry) {
      return h("li", {}, h("span", { class: "figure" }, entry.happened_on || t("日期未知", "date unknown")), " ", OneMap.pick(entry, "event"), " ", facts.cite(entry));
    });
    return section(t("沿革", "History"), rows.length ? [h("ul", { class: "plain" }, rows)] : [], { folded: true });
  }

  function geometry(place) {
    const shape = place.geometry;
    if (!shape) return null;
    return section(t("图上位置的来历", "Where the drawing comes from"), [
      h("p", {}, h("strong", {}, OneMap.word("drawn", shape.drawn)), " ", facts.grade(shape.grade)),
      h("p", {}, OneMap.pick(shape, "basis")),
      h(
        "p",
        { class: "note" },
        t("精度：", "Accuracy: "),
        shape.accuracy_m === null || shape.accuracy_m === undefined ? facts.unknown() : t("真实位置在 " + OneMap.number(shape.accuracy_m, 0) + " 米以内", "surely within " + OneMap.number(shape.accuracy_m, 0) + " m"),
        t("；原始坐标系：", "; source datum: ") + (shape.datum && shape.datum !== "not stated" ? shape.datum : t("未说明", "not stated")),
        shape.version ? t("；版本 ", "; version ") + shape.version : ""
      ),
      OneMap.pick(shape, "rule") ? h("p", { class: "note" }, OneMap.pick(shape, "rule")) : null,
      shape.source ? facts.cite({ source: shape.source, note: shape.note }) : null,
    ]);
  }

  function unknowns(place) {
    const who = t("由园区管委会提供。", "The park's administration can supply it.");
    return section(t("空置与联系人", "Vacancy and contact"), [
      h("div", { class: "row" }, h("span", { class: "row__name" }, t("可供土地和厂房", "Vacant land and plants")), h("span", {}, place.vacancy || facts.unknown(who))),
      h("div", { class: "row" }, h("span", { class: "row__name" }, t("联系人", "Contact")), h("span", {}, place.contact || facts.unknown(who))),
    ]);
  }

  function family(place) {
    const links = [place.parent].concat(place.children || []).filter(Boolean);
    const buttons = links
      .map(function (code) {
        return OneMap.findPlace(code);
      })
      .filter(Boolean)
      .map(function (other) {
        const button = h("button", { type: "button", class: "place-button" }, OneMap.pick(other, "name"), h("span", { class: "note" }, " " + (other.code === place.parent ? t("所属", "part of") : OneMap.word("kind", other.kind))));
        button.addEventListener("click", function () {
          OneMap.openPlace(other.code, button);
        });
        return h("li", {}, button);
      });
    return section(t("相关片区", "Related places"), buttons.length ? [h("ul", { class: "plain" }, buttons)] : []);
  }

  function page(place) {
    const url = OneMap.pageUrl(OneMap.t(place.url, place.en_url || place.url));
    return url ? h("p", {}, h("a", { class: "button", href: url }, t("打开园区页", "Open the full page"))) : null;
  }

  // ---- opening and closing -----------------------------------------------------------------------------------------

  function head(place) {
    const close = h("button", { type: "button", class: "button button--quiet panel__close", "data-panel-close": true }, t("关闭", "Close"));
    close.addEventListener("click", function () {
      OneMap.state.set({ place: null }, { push: true });
    });
    const other = OneMap.lang === "en" ? place.name_zh : place.name_en;
    const isPinyin = !place.name_en_is_official && place.name_en;
    return h(
      "header",
      { class: "panel__head" },
      h("div", {}, h("h2", { id: "panel-title", tabindex: "-1" }, OneMap.pick(place, "name")), other ? h("p", { class: "panel__other-name", lang: OneMap.t("en", "zh-CN") }, other, isPinyin ? h("span", { class: "note", lang: OneMap.t("zh-CN", "en") }, " " + t("（拼音，非官方译名）", " (the English name is pinyin, not official)")) : null) : null, level(place)),
      close
    );
  }

  function fill(place) {
    panel.replaceChildren(
      head(place),
      ...[unknownStart(place), OneMap.gapPanel.section(), designations(place), areas(place), levels(place), enterprises(place), facilities(place), targets(place), observations(place), offers(place), unknowns(place), family(place), geometry(place), history(place), names(place), page(place)].filter(Boolean)
    );
    panel.setAttribute("aria-labelledby", "panel-title");
  }

  function unknownStart(place) {
    if (place.drawn !== "unplaced") return null;
    return h("div", { class: "notice" }, h("p", {}, t("这个地方还没有可靠的位置，所以没有画在图上。", "No reliable position is known for this place, so it is not drawn.")));
  }

  function show() {
    panel.hidden = false;
    browse.hidden = true;
    OneMap.root.dataset.panel = "open";
    OneMap.emit("panel", { open: true });
  }

  function hide() {
    asked += 1;
    panel.hidden = true;
    browse.hidden = false;
    delete OneMap.root.dataset.panel;
    OneMap.marks.select(null);
    OneMap.emit("panel", { open: false });
  }

  function open(code, takesFocus) {
    asked += 1;
    const ticket = asked;
    const known = OneMap.findPlace(code);
    show();
    OneMap.marks.select(code);
    panel.setAttribute("aria-busy", "true");
    // nothing is said of the place before its facts are here
    panel.replaceChildren(known ? head(known) : "", h("p", { class: "panel__section quiet" }, t("正在载入…", "Loading…")));
    Promise.all([OneMap.source.place(code), OneMap.gapPanel.begin(code)])
      .then(function (answers) {
        if (ticket !== asked) return;
        const place = answers[0];
        panel.removeAttribute("aria-busy");
        fill(place);
        panel.parentElement.scrollTop = 0;
        OneMap.emit("filled", {});
        if (takesFocus) panel.querySelector("#panel-title").focus({ preventScroll: true });
      })
      .catch(function () {
        if (ticket !== asked) return;
        panel.removeAttribute("aria-busy");
        const again = h("button", { type: "button", class: "button" }, t("重试", "Try again"));
        const close = h("button", { type: "button", class: "button button--quiet" }, t("关闭", "Close"));
        again.addEventListener("click", function () {
          open(code, true);
        });
        close.addEventListener("click", function () {
          OneMap.state.set({ place: null }, { push: true });
        });
        panel.replaceChildren(h("div", { class: "notice notice--danger", role: "alert" }, h("p", {}, known ? t("这个地方的详情没有载入。", "The details of this place did not load.") : t("没有代码为 " + code + " 的地方。", "There is no place with the code " + code + "."))), h("p", {}, again, " ", close));
      });
  }

  OneMap.openPlace = function (code, from) {
    opener = from || document.activeElement;
    if (OneMap.state.get().place === code) open(code, true);
    else OneMap.state.set({ place: code }, { push: true });
  };
  OneMap.panel = { open: open };

  OneMap.on("state", function (event) {
    if (!event.changed.includes("place") || !OneMap.data) return;
    const code = OneMap.state.get().place;
    if (code) {
      open(code, true);
      return;
    }
    hide();
    if (opener && opener.isConnected && opener.getClientRects().length) opener.focus({ preventScroll: true });
    else window.map_onemap.getContainer().focus({ preventScroll: true });
    opener = null;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !event.defaultPrevented && !panel.hidden) OneMap.state.set({ place: null }, { push: true });
  });
})();

// The chain gaps the map shows: those of the chosen chain, radius and day, asked for once a change and dropped as soon
// as they speak of another chain or day. Tells onemap:gaps when they have come, failed or gone.
// data-gaps on the root: loading, ready, missing (not in this file), error; absent without a chain ·
// data-gaps-of: chain and radius of what is shown, "CU:45"
(function () {
  "use strict";
  const root = OneMap.root;
  // the most serious first; also the order of the arcs of a ring and of the legend
  const SEVERITY = ["fill", "secure", "strengthen", "extend", "sound", "unverified"];
  let shown = null; // {overlay, byCode}
  let asked = 0;

  function radius() {
    return OneMap.state.get().radius || "own";
  }

  function index(overlay) {
    const byCode = new Map();
    overlay.places.forEach(function (place) {
      byCode.set(place.code, place);
    });
    return { overlay: overlay, byCode: byCode };
  }

  function tell(status) {
    if (status) root.dataset.gaps = status;
    else delete root.dataset.gaps;
    if (shown) root.dataset.gapsOf = shown.overlay.chain + ":" + shown.overlay.radius;
    else delete root.dataset.gapsOf;
    OneMap.emit("gaps", { status: status });
  }

  function load() {
    const chain = OneMap.state.get().chain;
    asked += 1;
    const ticket = asked;
    if (!chain) {
      shown = null;
      tell(null);
      return;
    }
    tell("loading");
    OneMap.source.gaps(chain, radius()).then(
      function (overlay) {
        if (ticket !== asked) return;
        shown = index(overlay);
        tell("ready");
      },
      function (error) {
        if (ticket !== asked) return;
        shown = null;
        tell(error.isMissing ? "missing" : "error");
      }
    );
  }

  // the number of the chosen node in the overlay; -1 for all nodes
  function nodeIndex() {
    const code = OneMap.state.get().node;
    return shown && code ? shown.overlay.nodes.findIndex((node) => node.code === code) : -1;
  }

  function kindOf(character) {
    return character === "." || character === undefined ? null : shown.overlay.kinds[Number(character)];
  }

  function emptyCounts() {
    return Object.fromEntries(SEVERITY.map((kind) => [kind, 0]));
  }

  // What a place has to tell of all nodes, or of the chosen one; null for a place that does not speak.
  function summary(code) {
    const place = shown && shown.byCode.get(code);
    if (!place) return null;
    const chosen = nodeIndex();
    const node = chosen < 0 ? null : shown.overlay.nodes[chosen].code;
    const counts = emptyCounts();
    Array.from(chosen < 0 ? place.kinds : place.kinds[chosen] || ".").forEach(function (character) {
      const kind = kindOf(character);
      if (kind) counts[kind] += 1;
    });
    const worst = SEVERITY.find((kind) => counts[kind]) || null;
    const isPresent = node ? place.present.includes(node) : place.present.length > 0;
    const gap = node ? place.gaps[node] || 0 : place.gap_yi_yuan;
    return {
      code: code,
      kinds: place.kinds,
      counts: counts,
      worst: worst,
      gap: gap,
      isPresent: isPresent,
      // nothing but 待核实, nobody there and no figure
      isQuiet: worst === "unverified" && !isPresent && !gap,
      isSilent: worst === null && !isPresent,
    };
  }

  OneMap.gaps = {
    SEVERITY: SEVERITY,
    CHARACTERS: { fill: "补", secure: "强", strengthen: "壮", extend: "延", sound: "稳", unverified: "?" },
    overlay: function () {
      return shown && shown.overlay;
    },
    // the map colours by presence alone (有企业, 仅有政策指定, 未知) while the gaps of the chain cannot be had
    isFallback: function () {
      return root.dataset.gaps === "missing" || root.dataset.gaps === "error";
    },
    radius: radius,
    radiusWords: function (value) {
      const words = { own: OneMap.t("各环节默认半径", "each node's own radius"), belt: OneMap.t("全带", "the whole belt"), 0: OneMap.t("只看园区内", "inside the park only") };
      return words[value] || OneMap.t(value + " 分钟车程内", "within " + value + " minutes");
    },
    node: function () {
      const at = nodeIndex();
      return at < 0 ? null : shown.overlay.nodes[at];
    },
    findNode: function (code) {
      return (shown && shown.overlay.nodes.find((node) => node.code === code)) || null;
    },
    kindOf: kindOf,
    summary: summary,
    // the park whose gaps speak for a zone, or null
    countedAt: function (code) {
      return (shown && shown.overlay.counted_at[code]) || null;
    },
    // a county speaks on the map only where firms are known that no park claims, or where more than 待核实 is known
    showsCounty: function (code) {
      const found = summary(code);
      return Boolean(found && !found.isQuiet && !found.isSilent);
    },
    // "8.3 亿元"; three figures, as the sentences have it
    yuan: function (value) {
      const digits = value >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
      const number = new Intl.NumberFormat(OneMap.lang === "en" ? "en" : "zh-CN", digits).format(value);
      return OneMap.t(number + " 亿元", number + " × ¥100 m");
    },
    reload: load,
  };

  OneMap.on("state", function (event) {
    const changed = event.changed;
    if (!["chain", "radius", "as_of"].some((name) => changed.includes(name))) return;
    // what speaks of another chain or day goes at once; another radius waits for its answer
    if (changed.includes("chain") || changed.includes("as_of")) shown = null;
    load();
  });
})();

// The small map beside a chain's graph. A lifted node: each place takes the kind the node has there, those where firms
// stand are lifted. A lifted place: each node takes its kind there, those with firms are lifted. Leaving restores.
// data-explorer: around graph and map; data-nodes: the codes in the order of data-kinds; data-kind-order: what its
//   digits mean; data-at: the chosen place
// data-place: a place, with data-name, data-kinds (a digit a node, "." = nothing to tell), data-gaps and data-firms
//   ("code:value code:value"), data-total (its gap, 亿元)
// data-lifted: on the place, or the node, that is lifted
// data-stands: on the nodes with firms at the place shown, and on the places with firms of the lifted node
// data-node: a node, with data-name, data-count (its firms at home), data-stand (at how many places it has firms) and
//   data-counts (how many places have each kind)
// data-mark, data-gap, data-firms in a node or place or just after it: the character of its kind, its gap, its firms
// data-lifted-card: what is lifted, in words; data-lifted-…: its sentence, kinds (data-kind-item with data-kind-count),
//   more, link, map · data-graph: the drawing of the chain
// data-here, data-firms-of: in a node's row, what the card repeats. Text enters by textContent, rows by cloning.
(function () {
  "use strict";
  const explorer = document.querySelector("[data-explorer]");
  if (!explorer) return;
  const isEnglish = /^en/i.test(document.documentElement.lang);
  const t = (zh, en) => (isEnglish ? en : zh);
  const MISSING = ["fill", "secure"];
  const MOST_FIRMS = 4;
  const nodeCodes = explorer.dataset.nodes.split(" ");
  const kindOrder = explorer.dataset.kindOrder.split(" ");
  const graph = explorer.querySelector("[data-graph]");
  const map = explorer.querySelector(".small-map");
  const card = explorer.querySelector("[data-lifted-card]");
  const part = (name) => card.querySelector("[data-lifted-" + name + "]");
  const items = new Map(Array.from(card.querySelectorAll("[data-kind-item]"), (item) => [item.dataset.kindItem, item]));
  const nodes = Array.from(graph.querySelectorAll("[data-node]"));
  const nodeOf = new Map(nodes.map((node) => [node.dataset.node, node]));
  const places = new Map();

  function pairs(text) {
    return new Map(text.split(" ").filter(Boolean).map(function (pair) {
      const cut = pair.lastIndexOf(":");
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }));
  }
  explorer.querySelectorAll("[data-place]").forEach(function (element) {
    const of = element.dataset;
    const kinds = new Map(nodeCodes.map((code, index) => [code, kindOrder[of.kinds[index]] || "none"]));
    const place = { code: of.place, element: element, name: of.name, kinds: kinds, gaps: pairs(of.gaps), firms: pairs(of.firms), total: of.total };
    places.set(place.code, place);
    OneMap.lifting.bind(element, "place", place.code);
  });

  function character(kind) {
    return items.has(kind) ? items.get(kind).dataset.character : "";
  }
  // inside the link, or in what stands over it
  function write(element, name, text) {
    const wanted = "[data-" + name + "]";
    const over = element.nextElementSibling;
    const target = element.querySelector(wanted) || (over.matches(wanted) ? over : over.querySelector(wanted));
    target.textContent = text;
    return target;
  }
  function counted(kinds) {
    const counts = new Map();
    kinds.forEach((kind) => counts.set(kind, (counts.get(kind) || 0) + 1));
    return counts;
  }

  // ---- the graph: every node as it is at a place, or, without one, whether it has firms at all
  function paintNodes(place) {
    nodes.forEach(function (node) {
      const code = node.dataset.node;
      const kind = place ? place.kinds.get(code) || "none" : null;
      const gap = (place && place.gaps.get(code)) || "";
      const firms = place ? place.firms.get(code) || "" : node.dataset.count;
      if (kind) node.dataset.kind = kind;
      else delete node.dataset.kind;
      write(node, "mark", character(kind)).parentNode.toggleAttribute("hidden", !character(kind));
      write(node, "gap", gap).parentNode.parentNode.toggleAttribute("hidden", !gap);
      write(node, "firms", firms).parentNode.toggleAttribute("hidden", !firms);
      node.toggleAttribute("data-stands", Boolean(place) && place.firms.has(code));
    });
  }

  // ---- the map: every place as a node is there, or, without one, what is known of the chain
  function paintPlaces(code) {
    places.forEach(function (place) {
      const kind = code ? place.kinds.get(code) || "none" : null;
      if (kind) place.element.dataset.kind = kind;
      else delete place.element.dataset.kind;
      place.element.toggleAttribute("data-stands", Boolean(code) && place.firms.has(code));
      write(place.element, "mark", character(kind));
    });
    map.toggleAttribute("data-lifted", Boolean(code));
  }

  // ---- the card
  const atRest = {
    sentence: part("sentence").textContent,
    counts: new Map(Array.from(items, ([kind, item]) => [kind, Number(item.querySelector("[data-kind-count]").textContent)])),
    more: [],
    link: [part("link").getAttribute("href"), part("link").textContent],
    map: part("map").getAttribute("href"),
  };
  function tell(told) {
    part("sentence").textContent = told.sentence;
    items.forEach(function (item, kind) {
      const count = told.counts.get(kind) || 0;
      item.hidden = !count;
      item.querySelector("[data-kind-count]").textContent = count || "";
    });
    part("more").replaceChildren(...told.more);
    part("link").setAttribute("href", told.link[0]);
    part("link").textContent = told.link[1];
    part("map").setAttribute("href", told.map);
    card.toggleAttribute("data-lifted", told !== atRest);
  }
  function mapAddress(name, value) {
    const address = new URL(atRest.map, window.location.href);
    address.searchParams.set(name, value);
    return address.pathname + address.search;
  }

  // nobody looked and nothing is missing: no word of "0 gaps"
  function sentence(name, stand, counts, total, open) {
    const gaps = MISSING.reduce((sum, kind) => sum + (counts.get(kind) || 0), 0);
    return name + t("：", ": ") + [
      stand,
      gaps || !open ? t(`${gaps} 处缺口`, `gaps at ${gaps}`) : "",
      total ? t(`合计 ${total} 亿元`, `${total} × 100 million yuan in all`) : "",
      open,
    ].filter(Boolean).join(t("，", ", ")) + t("。", ".");
  }
  function ofNode(code) {
    const of = nodeOf.get(code).dataset;
    const counts = new Map(Array.from(pairs(of.counts), ([kind, count]) => [kind, Number(count)]));
    const open = counts.get("unverified") || 0;
    return {
      sentence: sentence(
        of.name, t(`${of.stand} 个地点有企业`, `firms at ${of.stand} places`), counts, "",
        open ? t(`${open} 处待核实`, `to be verified at ${open}`) : ""
      ),
      counts: counts,
      more: repeated(code),
      link: ["#node-" + encodeURIComponent(code), t("环节详情", "More on this node")],
      map: mapAddress("node", code),
    };
  }
  // from the node's row: what it is at the chosen place, and its first firms
  function repeated(code) {
    const row = document.getElementById("node-" + code);
    const here = row && row.querySelector("[data-here]");
    const firms = row && row.querySelector("[data-firms-of]");
    const told = here ? [here.cloneNode(true)] : [];
    if (firms) {
      const list = firms.querySelector("ul").cloneNode(true);
      const left = Number(firms.dataset.firmsOf) - MOST_FIRMS;
      Array.from(list.children).slice(MOST_FIRMS).forEach((item) => item.remove());
      if (left > 0) {
        const rest = document.createElement("li");
        rest.textContent = t(`另有 ${left} 家，见下表`, `${left} more in the table below`);
        list.append(rest);
      }
      told.push(list);
    }
    return told;
  }
  function ofPlace(place) {
    const counts = counted(place.kinds.values());
    const open = counts.get("unverified") || 0;
    return {
      sentence: sentence(
        place.name, t(`${place.firms.size} 个环节有企业`, `firms at ${place.firms.size} nodes`), counts, place.total,
        open ? t(`${open} 个环节待核实`, `${open} nodes to be verified`) : ""
      ),
      counts: counts,
      more: [],
      link: [place.element.getAttribute("href"), t("看这里的链图", "The chain at this place")],
      map: mapAddress("place", place.code),
    };
  }

  OneMap.lifting.listen(function (what) {
    const place = what && what.kind === "place" ? places.get(what.code) : null;
    const node = what && what.kind === "node" && nodeOf.has(what.code) ? what.code : null;
    graph.toggleAttribute("data-lifted-place", Boolean(place));
    paintNodes(place || places.get(explorer.dataset.at) || null);
    paintPlaces(node);
    places.forEach((one) => one.element.toggleAttribute("data-lifted", one === place));
    tell(place ? ofPlace(place) : node ? ofNode(node) : atRest);
  });
})();

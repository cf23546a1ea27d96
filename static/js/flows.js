// Who supplies whom: a bent line from supplier to buyer, as wide as its yuan, with a head at the buyer; a → b and b → a
// bend apart. Of the chosen node, or of all nodes together. Drawn in pixels, anew after every zoom; the marks must have
// their places before. One tab stop: the arrows go from line to line, the largest first; Enter opens the buyer.
// data-flow: on each line, "supplier>buyer"
(function () {
  "use strict";
  const svg = OneMap.svg;
  const t = OneMap.t;
  const BEND = 0.2;
  const STEPS = 90;
  const WIDTH_PX = { light: [1.5, 10], wall: [3, 17], print: [1.2, 8] };
  const MOST_NODES_TOLD = 4;
  let flows = []; // {key, supplier, buyer, amount, nodes: [[code, amount]], element}
  let largest = 0;
  let undrawn = 0;

  function between() {
    const overlay = OneMap.gaps.overlay();
    const node = OneMap.gaps.node();
    const pairs = new Map();
    overlay.flows.forEach(function (flow) {
      if (node && flow.node !== node.code) return;
      const key = flow.supplier + ">" + flow.buyer;
      if (!pairs.has(key)) pairs.set(key, { key: key, supplier: flow.supplier, buyer: flow.buyer, amount: 0, nodes: [] });
      const pair = pairs.get(key);
      pair.amount += flow.amount_yi_yuan;
      pair.nodes.push([flow.node, flow.amount_yi_yuan]);
    });
    return Array.from(pairs.values()).sort((a, b) => b.amount - a.amount || (a.key < b.key ? -1 : 1));
  }

  function widthOf(amount) {
    const range = WIDTH_PX[OneMap.sizes()];
    return largest ? Math.max(range[0], range[1] * Math.sqrt(amount / largest)) : range[0];
  }

  // ---- words ---------------------------------------------------------------------------------------------------------

  function nameOf(code) {
    const place = OneMap.findPlace(code);
    return place ? OneMap.shortName(place) : code;
  }
  function lines(flow) {
    const told = flow.nodes.slice(0, MOST_NODES_TOLD).map(function (pair) {
      return OneMap.pick(OneMap.gaps.findNode(pair[0]), "name") + " " + OneMap.gaps.yuan(pair[1]);
    });
    const more = flow.nodes.length - told.length;
    if (flow.nodes.length > 1) told.push((more ? t("另 " + more + " 个环节；", more + " more; ") : "") + t("合计 ", "in all ") + OneMap.gaps.yuan(flow.amount));
    return [nameOf(flow.supplier) + " → " + nameOf(flow.buyer)].concat(told);
  }

  // ---- geometry ------------------------------------------------------------------------------------------------------

  // points of the bent line, cut off where the two marks begin; null where they leave no room
  function bent(from, to) {
    const along = to.point.subtract(from.point);
    const middle = from.point.add(to.point).divideBy(2).add(L.point(along.y, -along.x).multiplyBy(BEND));
    const points = [];
    for (let step = 0; step <= STEPS; step += 1) {
      const share = step / STEPS;
      const rest = 1 - share;
      points.push(from.point.multiplyBy(rest * rest).add(middle.multiplyBy(2 * rest * share)).add(to.point.multiplyBy(share * share)));
    }
    const outside = points.filter(function (point) {
      return point.distanceTo(from.point) > from.size / 2 + 2 && point.distanceTo(to.point) > to.size / 2 + 3;
    });
    return outside.length > 2 ? outside : null;
  }

  // the line ends where its head begins
  function shape(points, width) {
    const tip = points[points.length - 1];
    const length = Math.max(8, width * 1.7);
    const shaft = points.filter((point) => point.distanceTo(tip) >= length * 0.8);
    if (shaft.length < 2) return null;
    const neck = shaft[shaft.length - 1];
    const along = tip.subtract(neck).divideBy(tip.distanceTo(neck));
    const half = L.point(-along.y, along.x).multiplyBy(Math.max(4.5, width * 1.05));
    const back = tip.subtract(along.multiplyBy(length));
    const d = "M" + shaft.map((point) => point.x.toFixed(1) + " " + point.y.toFixed(1)).join("L");
    const head = [tip, back.add(half), back.subtract(half)].map((point) => point.x.toFixed(1) + "," + point.y.toFixed(1)).join(" ");
    return { line: d, head: head, middle: points[Math.floor(points.length / 2)] };
  }

  function element(flow, drawn) {
    const width = widthOf(flow.amount);
    const words = lines(flow).join(t("，", ", "));
    const group = svg(
      "g",
      { class: "flow", role: "button", tabindex: "-1", "aria-label": words, "data-flow": flow.key },
      svg("path", { d: drawn.line, class: "flow__reach", "stroke-width": Math.max(12, width + 6) }),
      svg("path", { d: drawn.line, class: "flow__casing", "stroke-width": width + 2.5 }),
      svg("path", { d: drawn.line, class: "flow__line", "stroke-width": width.toFixed(2) }),
      svg("polygon", { points: drawn.head, class: "flow__head" })
    );
    function tell() {
      const at = window.map_onemap.layerPointToContainerPoint(drawn.middle);
      OneMap.tip.show(lines(flow), at.x, at.y);
    }
    group.addEventListener("mousemove", function (event) {
      const at = window.map_onemap.mouseEventToContainerPoint(event);
      OneMap.tip.show(lines(flow), at.x, at.y);
    });
    group.addEventListener("focus", tell);
    ["mouseleave", "blur"].forEach((name) => group.addEventListener(name, OneMap.tip.hide));
    group.addEventListener("click", function (event) {
      event.stopPropagation();
      OneMap.openPlace(flow.buyer, group);
    });
    group.addEventListener("keydown", function (event) {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) goTo(flow, step);
      else if (event.key === "Enter" || event.key === " ") OneMap.openPlace(flow.buyer, group);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return group;
  }

  function goTo(flow, step) {
    const drawn = flows.filter((one) => one.element);
    const next = drawn[(drawn.indexOf(flow) + step + drawn.length) % drawn.length];
    flow.element.setAttribute("tabindex", "-1");
    next.element.setAttribute("tabindex", "0");
    next.element.focus();
  }

  const FlowLayer = L.Layer.extend({
    onAdd: function (map) {
      this.box = svg("svg", { class: "flows leaflet-zoom-hide", width: 1, height: 1, role: "group", "aria-label": t("供应流线", "Flows of supply") });
      map.getPane("onemap_flows").append(this.box);
    },
    onRemove: function () {
      this.box.remove();
    },
    draw: function () {
      const focused = document.activeElement && this.box.contains(document.activeElement) ? document.activeElement.dataset.flow : null;
      undrawn = 0;
      flows.forEach(function (flow) {
        const from = OneMap.marks.find("place:" + flow.supplier);
        const to = OneMap.marks.find("place:" + flow.buyer);
        const points = from && to ? bent(from, to) : null;
        const drawn = points && shape(points, widthOf(flow.amount));
        flow.element = drawn ? element(flow, drawn) : null;
        if (!from || !to) undrawn += 1;
      });
      const elements = flows.map((flow) => flow.element).filter(Boolean);
      if (elements.length) elements[0].setAttribute("tabindex", "0");
      // the small ones lie on top
      this.box.replaceChildren(...elements.slice().reverse());
      const again = focused && elements.find((one) => one.dataset.flow === focused);
      if (again) again.focus();
    },
  });
  let layer = null;

  function show() {
    if (!layer) {
      layer = new FlowLayer();
      OneMap.drawing.group("flows").addLayer(layer);
    }
    OneMap.tip.hide();
    flows = OneMap.gaps.overlay() && OneMap.layers.isOn("chains.flows") ? between() : [];
    largest = flows.length ? flows[0].amount : 0;
    layer.draw();
  }

  OneMap.flows = {
    show: show,
    // after a zoom: the marks stand elsewhere
    arrange: function () {
      if (layer) layer.draw();
    },
    widthOf: widthOf,
    all: function () {
      return flows;
    },
    largest: function () {
      return largest;
    },
    // flows one of whose ends is not on the map
    undrawn: function () {
      return undrawn;
    },
    lines: lines,
  };
})();

// The chain graph. What the pointer, the focus or a tap holds, a node or a place, is lifted; leaving it restores.
// A lifted node lifts its suppliers, its buyers and the lines between them. On a touch screen the first tap lifts, the
// second follows the link.
// data-graph: the box around the drawing; data-lifted on it while a node is lifted
// data-node: a node's code · data-supplier, data-buyer: the ends of a line · data-near: on what is lifted
// data-lift-node: in a list, lifts that node · data-lifted-card: the words about it, where the pointer may go
// OneMap.lifting.bind(element, "node" | "place", code) · OneMap.lifting.listen(function ({kind, code} | null))
(function () {
  "use strict";
  const OneMap = (window.OneMap = window.OneMap || {});
  const listeners = [];
  let hovered = null;
  let focused = null;
  let tapped = null;
  let lifted = null;

  function settle() {
    const now = hovered || focused || tapped;
    if (now === lifted || (now && lifted && now.kind === lifted.kind && now.code === lifted.code)) return;
    lifted = now;
    listeners.forEach((listener) => listener(lifted));
  }

  function bind(element, kind, code) {
    const what = { kind: kind, code: code };
    let isTouch = false;
    element.addEventListener("pointerdown", (event) => { isTouch = event.pointerType === "touch"; });
    element.addEventListener("pointerenter", function (event) {
      if (event.pointerType === "touch") return;
      hovered = what;
      settle();
    });
    element.addEventListener("pointerleave", function () {
      if (hovered === what) hovered = null;
      settle();
    });
    element.addEventListener("focus", function () {
      focused = element.matches(":focus-visible") ? what : null;
      settle();
    });
    element.addEventListener("blur", function () {
      if (focused === what) focused = null;
      settle();
    });
    element.addEventListener("click", function (event) {
      const isFirstTap = isTouch && tapped !== what;
      isTouch = false;
      if (!isFirstTap) return;
      event.preventDefault();
      event.stopPropagation();
      tapped = what;
      settle();
    });
  }

  function letGo(event) {
    if (!tapped || (event.target.closest && event.target.closest("[data-lifted-card]"))) return;
    tapped = null;
    settle();
  }
  document.addEventListener("click", letGo);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    hovered = focused = tapped = null;
    settle();
  });

  OneMap.lifting = { bind: bind, listen: (listener) => listeners.push(listener) };

  document.querySelectorAll("[data-graph]").forEach(function (graph) {
    const nodes = Array.from(graph.querySelectorAll("[data-node]"));
    const edges = Array.from(graph.querySelectorAll("[data-supplier]"));

    function lift(code) {
      const near = new Set([code]);
      edges.forEach(function (edge) {
        const touches = edge.dataset.supplier === code || edge.dataset.buyer === code;
        edge.toggleAttribute("data-near", touches);
        if (touches) {
          near.add(edge.dataset.supplier);
          near.add(edge.dataset.buyer);
        }
      });
      nodes.forEach((node) => node.toggleAttribute("data-near", near.has(node.dataset.node)));
      graph.setAttribute("data-lifted", code);
    }

    nodes.forEach((node) => bind(node, "node", node.dataset.node));
    listeners.push(function (what) {
      nodes.forEach((node) => node.toggleAttribute("data-lifted", what !== null && what.code === node.dataset.node));
      if (what && what.kind === "node") lift(what.code);
      else graph.removeAttribute("data-lifted");
    });

    // where the box is smaller than the drawing, begin where the chain begins
    const first = graph.querySelector("[data-node]");
    if (first && graph.scrollHeight > graph.clientHeight) {
      const box = first.getBoundingClientRect();
      graph.scrollTop = box.top - graph.getBoundingClientRect().top - graph.clientHeight / 6;
    }
  });
  document.querySelectorAll("[data-lift-node]").forEach((link) => bind(link, "node", link.dataset.liftNode));
})();

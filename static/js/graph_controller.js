// The chain graph: the node under the pointer or in focus lifts its suppliers, its buyers and the lines between them.
// data-graph: the box around the drawing; data-lifted on it while a node is lifted
// data-node: a node's code · data-supplier, data-buyer: the ends of a line · data-near: on what is lifted
(function () {
  "use strict";

  function bind(graph) {
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

    function rest() {
      graph.removeAttribute("data-lifted");
    }

    nodes.forEach(function (node) {
      node.addEventListener("pointerenter", () => lift(node.dataset.node));
      node.addEventListener("pointerleave", rest);
      node.addEventListener("focus", () => lift(node.dataset.node));
      node.addEventListener("blur", rest);
    });
  }

  document.querySelectorAll("[data-graph]").forEach(bind);
})();

// The chosen chain, and its state at a place (present, designated, unknown): told in words and chosen by in the layers;
// the colour of the marks only while the chain's gaps cannot be had.
// data-chain-select: the <select>; its options come with the page
(function () {
  "use strict";
  const select = document.querySelector("[data-chain-select]");

  function find(code) {
    return (OneMap.data && OneMap.data.chains.find(function (chain) {
      return chain.code === code;
    })) || null;
  }
  function chosen() {
    return find(OneMap.state.get().chain);
  }

  OneMap.chain = {
    find: find,
    chosen: chosen,
    // "present" | "designated" | "unknown", or null without a chain. Nothing said of a place means unknown, never absent.
    stateOf: function (code) {
      const chain = chosen();
      if (!chain) return null;
      const entry = chain.states[code];
      return entry ? entry.state : "unknown";
    },
    // the state a mark or outline is coloured by: none while gaps are shown
    colourOf: function (code) {
      return OneMap.gaps.isFallback() ? OneMap.chain.stateOf(code) : null;
    },
  };

  select.addEventListener("change", function () {
    OneMap.state.set({ chain: select.value || null }, { push: true });
  });
  function follow() {
    select.value = OneMap.state.get().chain || "";
    if (select.selectedIndex < 0) select.value = "";
  }
  OneMap.on("state", follow);
  follow();
})();

// How the gaps of the chosen chain are looked at: one node or all, within which radius, and the switch 园区 ↔ 区域 that
// shows which gaps a neighbour fills. Says what is being computed, and what failed.
// data-gap-bar: the bar, below data-controls; in data-options-phone (the drawer) on a narrow screen · data-reach-switch: the switch, in
// data-phone-bar there · data-radius: a radio button · data-radius-choice: the radio buttons · data-node-select: the
// nodes · data-gap-status: the words over the map
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const SLOW_MS = 1000;
  const bar = document.querySelector("[data-gap-bar]");
  const reach = document.querySelector("[data-reach-switch]");
  const choice = document.querySelector("[data-radius-choice]");
  const nodes = document.querySelector("[data-node-select]");
  const status = document.querySelector("[data-gap-status]");
  let regional = "own"; // the radius the switch comes back to
  let slow = null;
  let offered = "";

  // ---- radius ----------------------------------------------------------------------------------------------------------

  function radios() {
    return Array.from(choice.querySelectorAll("input"));
  }
  function choose(radius) {
    OneMap.state.set({ radius: radius }, { push: true });
  }
  function follow() {
    const radius = OneMap.gaps.radius();
    const isOn = Boolean(OneMap.state.get().chain);
    bar.hidden = !isOn;
    reach.hidden = !isOn;
    if (radius !== "0") regional = radius;
    // minutes somebody wrote into the address
    if (!radios().some((radio) => radio.value === radius)) {
      const radio = h("input", { type: "radio", name: "radius", value: radius, "data-radius": radius });
      choice.append(h("label", { class: "segments__item" }, radio, h("span", {}, t(radius + " 分钟", radius + " min"))));
    }
    radios().forEach(function (radio) {
      radio.checked = radio.value === radius;
    });
    reach.setAttribute("aria-checked", String(radius !== "0"));
  }
  choice.addEventListener("change", function (event) {
    choose(event.target.value);
  });
  reach.addEventListener("click", function () {
    choose(OneMap.gaps.radius() === "0" ? regional : "0");
  });

  // ---- nodes -----------------------------------------------------------------------------------------------------------

  // "漆包圆线：补 1、强 2", over all places
  function described(node, number, overlay) {
    const counts = new Map();
    overlay.places.forEach(function (place) {
      const kind = OneMap.gaps.kindOf(place.kinds[number]);
      if (kind) counts.set(kind, (counts.get(kind) || 0) + 1);
    });
    const told = ["fill", "secure"].filter((kind) => counts.get(kind)).map((kind) => OneMap.word("gap_kind", kind) + " " + counts.get(kind));
    return OneMap.pick(node, "name") + (told.length ? t("（" + told.join("、") + "）", " (" + told.join(", ") + ")") : "");
  }
  function offer() {
    const overlay = OneMap.gaps.overlay();
    nodes.disabled = !overlay;
    if (!overlay) return;
    const groups = [];
    overlay.nodes.forEach(function (node, number) {
      const last = groups[groups.length - 1];
      const option = h("option", { value: node.code }, described(node, number, overlay));
      if (last && last.stage === node.stage) last.options.push(option);
      else groups.push({ stage: node.stage, options: [option] });
    });
    const chosen = OneMap.gaps.node();
    const key = groups.map((group) => group.options.map((option) => option.value + option.textContent).join()).join("|");
    if (key !== offered) {
      offered = key;
      nodes.replaceChildren(
        h("option", { value: "" }, t("全部环节", "All nodes")),
        ...groups.map((group) => (group.stage ? h("optgroup", { label: OneMap.word("stage", group.stage) }, group.options) : group.options)).flat()
      );
    }
    nodes.value = chosen ? chosen.code : "";
    // an address that names a node of another chain
    if (OneMap.state.get().node && !chosen) OneMap.state.set({ node: null });
  }
  nodes.addEventListener("change", function () {
    OneMap.state.set({ node: nodes.value || null }, { push: true });
  });

  // ---- what is being done ------------------------------------------------------------------------------------------------

  function say(words, buttons, isError) {
    status.hidden = !words;
    status.classList.toggle("map-status--error", Boolean(isError));
    status.replaceChildren(...(words ? [h("p", {}, words), ...(buttons || [])] : []));
  }
  function button(words, listener) {
    const element = h("button", { type: "button", class: "button" }, words);
    element.addEventListener("click", listener);
    return element;
  }
  OneMap.on("gaps", function (event) {
    window.clearTimeout(slow);
    if (event.status === "loading") {
      slow = window.setTimeout(() => say(t("正在计算…", "Computing…")), SLOW_MS);
    } else if (event.status === "error") {
      say(t("产业链缺口没有载入，图上只显示有无企业。", "The chain's gaps did not load; the map shows presence alone."), [button(t("重试", "Try again"), OneMap.gaps.reload)], true);
    } else if (event.status === "missing") {
      say(OneMap.exported ? t("这个文件没有包含此时点或此范围的缺口，图上只显示有无企业。", "This file holds no gaps for this date or radius; the map shows presence alone.") : t("没有这条产业链的缺口。", "There are no gaps of this chain."), [button(t("知道了", "OK"), () => say(""))]);
    } else {
      say("");
    }
    if (event.status !== "loading") offer();
    else nodes.disabled = !OneMap.gaps.overlay();
  });

  // ---- where it stands ---------------------------------------------------------------------------------------------------

  function house() {
    const isNarrow = OneMap.narrow.matches;
    if (isNarrow) {
      document.querySelector("[data-options-phone]").append(bar);
      document.querySelector("[data-phone-bar]").append(reach);
    } else {
      document.querySelector("[data-controls]").after(bar);
      bar.prepend(reach);
    }
  }
  OneMap.narrow.addEventListener("change", house);
  house();

  OneMap.on("state", follow);
  OneMap.on("state", function (event) {
    if (event.changed.includes("node") && OneMap.gaps.overlay()) offer();
  });
  // the words of the data name kinds and stages
  OneMap.on("data", offer);
  follow();
})();

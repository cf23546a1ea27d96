// What is drawn: a tree of checkboxes, belt · parks · zones · chains · support, each group a tri-state box over its
// own. The address keeps those switched off.
// data-layer-tree: where the tree goes · data-layer: a box of one layer · data-layer-group: the box over a group
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const tree = document.querySelector("[data-layer-tree]");

  function off() {
    return new Set(OneMap.state.get().layers);
  }
  function kindsOf(layer) {
    const found = new Set();
    OneMap.data.places.forEach(function (place) {
      if (place.layer === layer && place.drawn !== "unplaced") found.add(place.kind);
    });
    return Array.from(found);
  }
  function systems() {
    return Array.from(
      new Set(
        OneMap.data.facilities
          .filter(function (facility) {
            return facility.lonlat;
          })
          .map(function (facility) {
            return facility.system;
          })
      )
    );
  }
  function has(name) {
    return OneMap.drawing.features(name).length > 0;
  }

  function groups() {
    const chain = OneMap.chain.chosen();
    return [
      {
        key: "belt",
        title: t("320国道产业带", "G320 industrial belt"),
        layers: [has("belt_line") && ["line", t("中心线", "Centre line")], has("belt_sections") && ["sections", t("功能段", "Sections")], has("stops") && ["stops", t("沿线城镇", "Towns on the way")]],
      },
      {
        key: "parks",
        title: t("园区", "Parks"),
        layers: kindsOf("park").map(function (kind) {
          return [kind, OneMap.word("kind", kind)];
        }),
      },
      {
        key: "zones",
        title: t("片区", "Zones"),
        layers: kindsOf("zone").map(function (kind) {
          return [kind, OneMap.word("kind", kind)];
        }),
      },
      {
        key: "chains",
        title: chain ? t("产业链：", "Chain: ") + OneMap.pick(chain, "name") : t("产业链（先选一条）", "Chain (choose one first)"),
        disabled: !chain,
        layers: [["flows", t("供应流线", "Flows of supply")]].concat(
          ["present", "designated", "unknown"].map(function (state) {
            return [state, OneMap.word("state", state)];
          })
        ),
      },
      {
        key: "support",
        title: t("支撑体系", "Support systems"),
        layers: systems().map(function (system) {
          return [system, OneMap.word("system", system)];
        }),
      },
      {
        key: "base",
        title: t("底图", "Ground"),
        layers: [has("counties") && ["counties", t("县（市、区）", "Counties")], has("network") && ["road", t("道路", "Roads")], has("network") && ["rail", t("铁路", "Railways")]],
      },
    ]
      .map(function (group) {
        return Object.assign({}, group, { layers: group.layers.filter(Boolean) });
      })
      .filter(function (group) {
        return group.layers.length;
      });
  }

  function setOff(keys, isOff) {
    const next = off();
    keys.forEach(function (key) {
      if (isOff) next.add(key);
      else next.delete(key);
    });
    OneMap.state.set({ layers: Array.from(next) });
  }

  function groupItem(group) {
    const now = off();
    const keys = group.layers.map(function (layer) {
      return group.key + "." + layer[0];
    });
    const on = keys.filter(function (key) {
      return !now.has(key);
    });
    const parent = h("input", { type: "checkbox", id: "layer-" + group.key, "data-layer-group": group.key, disabled: group.disabled });
    parent.checked = on.length > 0;
    parent.indeterminate = on.length > 0 && on.length < keys.length;
    parent.addEventListener("change", function () {
      setOff(keys, on.length === keys.length);
    });
    const children = group.layers.map(function (layer, order) {
      const key = keys[order];
      const box = h("input", { type: "checkbox", id: "layer-" + key.replace(".", "-"), "data-layer": key, disabled: group.disabled });
      box.checked = !now.has(key);
      box.addEventListener("change", function () {
        setOff([key], !box.checked);
      });
      return h("li", {}, h("label", { class: "check", for: box.id }, box, h("span", {}, layer[1])));
    });
    return h("li", { class: "tree__group" }, h("label", { class: "check check--group", for: parent.id }, parent, h("span", {}, group.title)), h("ul", {}, children));
  }

  function draw() {
    if (!OneMap.data) return;
    const focused = document.activeElement && tree.contains(document.activeElement) ? document.activeElement.id : null;
    tree.replaceChildren(h("ul", { class: "tree" }, groups().map(groupItem)));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  }

  OneMap.layers = {
    isOn: function (key) {
      return !off().has(key);
    },
    // a place is drawn when its kind is on and, with a chain chosen, its state is on; a county when it has gaps to tell
    showsPlace: function (place) {
      if (place.drawn === "unplaced") return false;
      if (place.layer === "county") return OneMap.layers.isOn("base.counties") && OneMap.gaps.showsCounty(place.code);
      const now = off();
      const state = OneMap.chain.stateOf(place.code);
      return !now.has((place.layer === "zone" ? "zones." : "parks.") + place.kind) && !(state && now.has("chains." + state));
    },
  };
  OneMap.on("data", draw);
  OneMap.on("state", function (event) {
    if (event.changed.includes("layers") || event.changed.includes("chain")) draw();
  });
})();

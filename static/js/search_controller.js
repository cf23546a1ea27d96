// One box for names, pinyin, initials and industries (the combobox pattern: arrows, Enter, Escape). What begins with
// the words comes first; two Chinese characters are enough, and so is one.
// data-search: the input · data-search-results: the listbox
(function () {
  "use strict";
  const h = OneMap.h;
  const t = OneMap.t;
  const input = document.querySelector("[data-search]");
  const results = document.querySelector("[data-search-results]");
  const MOST = 12;
  const TYPES = {
    place: ["地点", "Place"],
    chain: ["产业链", "Chain"],
    node: ["环节", "Chain node"],
    enterprise: ["企业", "Enterprise"],
    facility: ["设施", "Facility"],
  };
  const TYPE_ORDER = Object.keys(TYPES);
  let found = [];
  let active = -1;

  function normalised(words) {
    return words.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
  }

  // 0 a name or word itself, 1 one that begins so, 2 anywhere; -1 not at all. Several words must all be there.
  function rank(entry, words) {
    const text = normalised([entry.label_zh, entry.label_en, entry.text].filter(Boolean).join(" "));
    if (!words.split(" ").every((word) => text.includes(word))) return -1;
    const padded = " " + text + " ";
    if (padded.includes(" " + words + " ")) return 0;
    return padded.includes(" " + words) ? 1 : 2;
  }

  function search(typed) {
    const words = normalised(typed);
    if (!words || !OneMap.data) return [];
    return OneMap.data.search
      .map(function (entry, order) {
        return { entry: entry, rank: rank(entry, words), order: order };
      })
      .filter(function (hit) {
        return hit.rank >= 0;
      })
      .sort(function (a, b) {
        return a.rank - b.rank || TYPE_ORDER.indexOf(a.entry.type) - TYPE_ORDER.indexOf(b.entry.type) || a.order - b.order;
      })
      .slice(0, MOST)
      .map(function (hit) {
        return hit.entry;
      });
  }

  function close() {
    results.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function mark(index) {
    active = index;
    Array.from(results.children).forEach(function (option, order) {
      const isActive = order === index;
      if (option.getAttribute("role") === "option") option.setAttribute("aria-selected", String(isActive));
      if (isActive) option.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) input.setAttribute("aria-activedescendant", "search-option-" + index);
    else input.removeAttribute("aria-activedescendant");
  }

  function show() {
    found = search(input.value);
    if (!normalised(input.value)) {
      close();
      return;
    }
    results.replaceChildren(
      ...found.map(function (entry, order) {
        const type = TYPES[entry.type] || ["", ""];
        const option = h(
          "li",
          { role: "option", id: "search-option-" + order, "aria-selected": "false", class: "option" },
          h("span", { class: "option__type" }, t(type[0], type[1])),
          h("span", { class: "option__words" }, h("span", {}, OneMap.pick(entry, "label")), OneMap.pick(entry, "detail") ? h("span", { class: "note" }, OneMap.pick(entry, "detail")) : null)
        );
        // mousedown: before the box loses the focus
        option.addEventListener("mousedown", function (event) {
          event.preventDefault();
          choose(order);
        });
        return option;
      })
    );
    if (!found.length) results.append(h("li", { role: "option", "aria-selected": "false", "aria-disabled": "true", class: "option option--none" }, t("没有找到。可以试试简称、拼音首字母或产业名。", "Nothing found. Try a short name, pinyin initials or an industry.")));
    results.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  }

  function choose(index) {
    const entry = found[index];
    if (!entry) return;
    input.value = OneMap.pick(entry, "label");
    OneMap.state.set({ q: input.value });
    close();
    if (entry.place && OneMap.findPlace(entry.place)) {
      OneMap.openPlace(entry.place, input);
    } else if (entry.type === "chain" && chainOf(entry)) {
      OneMap.state.set({ chain: chainOf(entry) }, { push: true });
    } else {
      const url = OneMap.pageUrl(entry.url);
      if (url) window.location.assign(url);
      else OneMap.say(OneMap.pick(entry, "label") + t("：资料没有说明在哪个园区，图上没有位置。", ": the sources do not say in which park; it has no place on the map."));
    }
    OneMap.emit("chosen", {});
  }

  function chainOf(entry) {
    const chain = OneMap.data.chains.find(function (one) {
      return one.url === entry.url || one.name_zh === entry.label_zh;
    });
    return chain ? chain.code : null;
  }

  input.addEventListener("input", function () {
    OneMap.state.set({ q: input.value.trim() });
    show();
  });
  input.addEventListener("focus", function () {
    if (input.value) show();
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    const isOpen = !results.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) show();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) mark((active + step + found.length + (active < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      choose(active < 0 ? 0 : active);
    } else if (event.key === "Escape") {
      if (isOpen) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (input.value) {
        event.preventDefault();
        event.stopPropagation();
        input.value = "";
        OneMap.state.set({ q: "" });
      }
    }
  });
  OneMap.search = search;
  input.value = OneMap.state.get().q;
})();

// The words and tools every script of the map shares: window.OneMap. Plain scripts, not modules: the exported file is
// opened from disk, where browsers refuse to import modules (docs/adr). Nothing here writes HTML: text goes in by
// textContent, structure by createElement.
(function () {
  "use strict";
  const OneMap = (window.OneMap = {});
  const html = document.documentElement;
  const SVG = "http://www.w3.org/2000/svg";

  OneMap.lang = /^en/i.test(html.lang) ? "en" : "zh";
  OneMap.root = document.querySelector("[data-onemap]");
  OneMap.exported = Boolean(OneMap.root && OneMap.root.dataset.exported === "1");
  OneMap.reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  OneMap.narrow = window.matchMedia("screen and (max-width: 860px)");
  OneMap.theme = function () {
    return html.dataset.theme || "light";
  };
  // the sizes that go with it: a telephone shows the wall's colours, not its 28 px
  OneMap.sizes = function () {
    return OneMap.theme() === "wall" && OneMap.narrow.matches ? "light" : OneMap.theme();
  };

  // The words of the reader's language. A missing English word falls back to Chinese, never to nothing.
  OneMap.t = function (zh, en) {
    return OneMap.lang === "en" && en ? en : zh;
  };
  // The value of a field that exists in both languages: pick(place, "name") reads name_zh or name_en.
  OneMap.pick = function (thing, field) {
    if (!thing) return "";
    return OneMap.t(thing[field + "_zh"], thing[field + "_en"]) || "";
  };
  OneMap.shortName = function (place) {
    if (OneMap.lang === "en") return (place.name_en || place.name_zh).replace(/\s*\([^()]*\)$/, "");
    return place.short_name_zh || place.name_zh;
  };

  // Inside a page of the app only: the exported file has no pages to lead to.
  OneMap.pageUrl = function (path) {
    if (!path || OneMap.exported || !/^\/(?!\/)/.test(path)) return null;
    if (OneMap.lang === "en" && !/^\/en(\/|$)/.test(path)) return "/en" + path;
    return path;
  };

  // h("p", {class: "quiet", "aria-hidden": "true"}, "text", node, null…)
  function build(element, attributes, children) {
    Object.keys(attributes || {}).forEach(function (name) {
      const value = attributes[name];
      if (value === null || value === undefined || value === false) return;
      if (/^on/i.test(name)) throw new Error("listeners are added with addEventListener");
      element.setAttribute(name, value === true ? "" : String(value));
    });
    children.flat(Infinity).forEach(function (child) {
      if (child === null || child === undefined || child === false || child === "") return;
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    });
    return element;
  }
  OneMap.h = function (tag, attributes, ...children) {
    return build(document.createElement(tag), attributes, children);
  };
  OneMap.svg = function (tag, attributes, ...children) {
    return build(document.createElementNS(SVG, tag), attributes, children);
  };

  // Events between the controllers, on the document: onemap:data, onemap:state, onemap:theme, onemap:drawn, onemap:panel.
  OneMap.emit = function (name, detail) {
    document.dispatchEvent(new CustomEvent("onemap:" + name, { detail: detail }));
  };
  OneMap.on = function (name, listener) {
    document.addEventListener("onemap:" + name, function (event) {
      listener(event.detail || {});
    });
  };

  OneMap.number = function (value, digits) {
    return new Intl.NumberFormat(OneMap.lang === "en" ? "en" : "zh-CN", { maximumFractionDigits: digits === undefined ? 2 : digits }).format(value);
  };
  OneMap.word = function (vocabulary, key) {
    const words = OneMap.data && OneMap.data.words && OneMap.data.words[vocabulary];
    const entry = words && words[key];
    return entry ? OneMap.t(entry.zh, entry.en) : key || "";
  };

  // Leaflet's defaults for this project, set before Folium's script makes the map.
  if (window.L) {
    L.Control.Scale.mergeOptions({ imperial: false, maxWidth: 140, position: "bottomright" });
    L.Control.Zoom.mergeOptions({
      zoomInTitle: OneMap.t("放大", "Zoom in"),
      zoomOutTitle: OneMap.t("缩小", "Zoom out"),
    });
    if (OneMap.reducedMotion) {
      L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
    }
  }
})();

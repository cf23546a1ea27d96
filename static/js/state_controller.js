// The state a person would share, kept in the address: as_of, chain, radius (own, belt or minutes) and node of its gaps,
// theme, place, layers (those switched OFF), q, at=lat,lon,zoom. What equals the default is left out; a node goes with
// its chain. Others read OneMap.state.get() and write OneMap.state.set({…}); every change, also one by the Back button,
// is told as onemap:state {changed: [names]}.
// data-language-link: the link to this page in the other language; it carries the state along
(function () {
  "use strict";
  const NAMES = ["as_of", "chain", "radius", "node", "theme", "place", "layers", "q", "at"];
  const DEFAULTS = { theme: "light", radius: "own" };
  const THEMES = ["light", "wall", "print"];
  const SHAPES = {
    as_of: /^\d{4}-\d{2}-\d{2}$/,
    chain: /^[A-Z]{2,6}$/,
    radius: /^(own|belt|120|(\d|[1-9]\d|1[01]\d)(\.\d{1,2})?)$/,
    node: /^[A-Z]{2,6}-[A-Z0-9]{1,12}$/,
    place: /^[a-z0-9][a-z0-9-]{0,63}$/,
    layers: /^[a-z_.,]{1,400}$/,
    at: /^-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?,\d{1,2}(\.\d+)?$/,
  };
  let state = read();

  function read() {
    const query = new URLSearchParams(window.location.search);
    const found = { as_of: null, chain: null, radius: "own", node: null, theme: "light", place: null, layers: [], q: "", at: null };
    NAMES.forEach(function (name) {
      const value = query.get(name);
      if (!value) return;
      if (name === "theme") found.theme = THEMES.includes(value) ? value : "light";
      else if (name === "q") found.q = value.slice(0, 100);
      else if (SHAPES[name].test(value)) found[name] = name === "layers" ? value.split(",").filter(Boolean) : value;
    });
    return found;
  }

  function queryOf(values) {
    const query = new URLSearchParams(window.location.search);
    NAMES.forEach(function (name) {
      const value = name === "layers" ? values.layers.slice().sort().join(",") : values[name];
      if (!value || value === DEFAULTS[name]) query.delete(name);
      else query.set(name, value);
    });
    // commas are legal in a query and easier to read
    return query.toString().replace(/%2C/g, ",");
  }

  function write(push) {
    const query = queryOf(state);
    const address = window.location.pathname + (query ? "?" + query : "") + window.location.hash;
    try {
      window.history[push ? "pushState" : "replaceState"](null, "", address);
    } catch (error) {
      // a file opened from disk may refuse; the page works without
    }
    document.querySelectorAll("[data-language-link]").forEach(function (link) {
      link.search = query;
    });
  }

  function tell(before) {
    const changed = NAMES.filter(function (name) {
      return String(before[name]) !== String(state[name]);
    });
    if (changed.includes("theme")) document.documentElement.dataset.theme = state.theme;
    if (changed.length) OneMap.emit("state", { changed: changed });
  }

  OneMap.state = {
    get: function () {
      return state;
    },
    // set({place: "x"}) replaces the address; {push: true} makes a step that Back undoes
    set: function (values, options) {
      const before = state;
      state = Object.assign({}, state, values);
      if (state.chain !== before.chain && !("node" in values)) state.node = null;
      write(Boolean(options && options.push) && queryOf(before) !== queryOf(state));
      tell(before);
    },
  };

  document.documentElement.dataset.theme = state.theme;
  window.addEventListener("popstate", function () {
    const before = state;
    state = read();
    tell(before);
  });
})();

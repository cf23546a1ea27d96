// Where the data come from: the inert JSON of an exported file (#onemap-data), or the addresses of the page, fetched.
// Nothing else is ever asked. An exported file holds the gaps of its newest day only; what it does not hold is told by
// an error with isMissing.
// data-onemap: the root · data-map-url: address of the map's JSON, the gaps' lie beside it · data-place-url: of a
// place's, with CODE in it · data-exported="1": a file without a server
(function () {
  "use strict";
  const root = OneMap.root;
  const inline = document.getElementById("onemap-data");
  const file = inline ? JSON.parse(inline.textContent) : null;
  const details = new Map();

  function snapshot() {
    const wanted = OneMap.state.get().as_of || file.default_as_of;
    return file.snapshots[wanted] || file.snapshots[file.default_as_of];
  }
  function missing(words) {
    return Promise.reject(Object.assign(new Error(words), { isMissing: true }));
  }

  function fetched(url) {
    return window.fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).then(function (answer) {
      if (answer.ok) return answer.json();
      // read to the end: an answer left unread keeps its connection
      return answer.text().then(function () {
        throw Object.assign(new Error(String(answer.status)), { isMissing: answer.status === 404 });
      });
    });
  }
  function address(path, values) {
    const url = new URL(path, window.location.href);
    const asked = Object.assign({}, values, { as_of: OneMap.state.get().as_of });
    Object.keys(asked).forEach(function (name) {
      if (asked[name]) url.searchParams.set(name, asked[name]);
    });
    return url.pathname + url.search;
  }
  // beside("gaps/overlay"): /api/v1/map → /api/v1/gaps/overlay
  function beside(path) {
    return new URL(path, new URL(root.dataset.mapUrl, window.location.href)).pathname;
  }

  // ---- the gaps of a file: rows, overlays and clauses are written once and named by number ---------------------------

  function gapsOfFile(chain, radius) {
    const gaps = file.gaps;
    if (!gaps || !gaps.chains[chain]) return null;
    const asOf = OneMap.state.get().as_of || file.default_as_of;
    return asOf === gaps.as_of && gaps.chains[chain].radii[radius] ? gaps.chains[chain] : null;
  }
  // what the file leaves out because it is usual (services/export_gaps.py)
  const USUAL = { gap_yi_yuan: 0, demand_yi_yuan: 0, coverage: 1, remedy: null, single_point: false, by_presence: false, is_surveyed: true, firms: 0, sentence_zh: "" };
  function row(place, of, packed) {
    const about = of.about[place];
    return Object.assign({}, USUAL, about, packed, {
      place: place,
      suppliers: (packed.suppliers || []).map(function (supplier) {
        const named = OneMap.findPlace(supplier[0]) || { short_name_zh: supplier[0], name_en: supplier[0] };
        return { place: supplier[0], place_zh: named.short_name_zh, place_en: named.name_en, amount_yi_yuan: supplier[1], capacity_range_yi_yuan: supplier[2] || null };
      }),
      designated_by: about.designated_by.map((number) => file.gaps.sources[number]),
    });
  }
  function placeGapsOfFile(code, chain, radius) {
    const of = gapsOfFile(chain, radius);
    const at = of && (of.common.counted_at[code] || code);
    if (!of || !of.radii[radius].places.some((place) => place.code === at)) return missing("no gaps of this place");
    const rows = of.rows[radius];
    return Promise.resolve({
      place: code,
      counted_at: at,
      chain: chain,
      radius: radius,
      audience: of.common.audience,
      data_revision: of.common.data_revision,
      surveyed: !of.unsurveyed.includes(at),
      local_share: of.shares[radius][at] || null,
      items: rows ? (rows[at] || []).map((number) => row(at, of, of.table[number])) : null,
    });
  }

  OneMap.source = {
    file: file,
    map: function () {
      return file ? Promise.resolve(snapshot().map) : fetched(address(root.dataset.mapUrl));
    },
    place: function (code) {
      if (file) {
        const detail = snapshot().details[code];
        return detail ? Promise.resolve(detail) : missing("unknown place");
      }
      const url = address(root.dataset.placeUrl.replace("CODE", encodeURIComponent(code)));
      if (!details.has(url)) {
        const answer = fetched(url);
        answer.catch(function () {
          details.delete(url);
        });
        details.set(url, answer);
      }
      return details.get(url);
    },
    gaps: function (chain, radius) {
      if (!file) return fetched(address(beside("gaps/overlay"), { chain: chain, radius: radius }));
      const of = gapsOfFile(chain, radius);
      return of ? Promise.resolve(Object.assign({ radius: radius }, of.common, of.radii[radius])) : missing("not in this file");
    },
    // items null: the file holds the kinds of this radius, not its rows
    placeGaps: function (code, chain, radius) {
      if (file) return placeGapsOfFile(code, chain, radius);
      return fetched(address(beside("gaps/places/" + encodeURIComponent(code)), { chain: chain, radius: radius }));
    },
  };
})();

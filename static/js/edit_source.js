// What the editor asks the server. Outlines come by view; a change is posted with a fresh form token, so that a log-in
// renewed in another tab does not cost the work on this one.
// On [data-editor]: data-layer, data-features-url, data-things-url, data-token-url.
(function () {
  "use strict";
  const edit = OneMap.edit;
  const store = edit.store;
  const map = window.map_onemap;
  const root = document.querySelector("[data-editor]");
  const WAIT_MS = 150;
  const JSON_OR_PROBLEM = "application/json, application/problem+json";
  let timer = null;
  let asked = 0;

  function read(answer) {
    return answer.text().then(function (text) {
      const isJson = /json/.test(answer.headers.get("Content-Type") || "");
      const told = isJson ? JSON.parse(text) : {};
      if (answer.ok) return told;
      const fault = new Error(OneMap.t(told.detail || "", told.detail_en || "") || OneMap.t("服务器没有答复（" + answer.status + "）", "The server did not answer (" + answer.status + ")"));
      fault.status = answer.status;
      fault.told = told;
      throw fault;
    });
  }
  function get(address, values) {
    const query = new URLSearchParams(values || {});
    return fetch(address + (values ? "?" + query : ""), { headers: { Accept: JSON_OR_PROBLEM }, credentials: "same-origin" }).then(read);
  }

  edit.layer = root.dataset.layer;
  edit.source = {
    get: get,
    post: function (address, value) {
      return get(root.dataset.tokenUrl).then((told) =>
        fetch(address, {
          method: "POST",
          credentials: "same-origin",
          headers: { Accept: JSON_OR_PROBLEM, "Content-Type": "application/json", "X-CSRF-Token": told.token },
          body: JSON.stringify(value),
        }).then(read)
      );
    },
    // The outlines in view; what is known already keeps its outline unless its version grew.
    load: function () {
      const bounds = map.getBounds();
      const ticket = (asked += 1);
      const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((number) => number.toFixed(6));
      return get(root.dataset.featuresUrl, { layer: edit.layer, bbox: box.join(",") })
        .then(function (told) {
          if (ticket !== asked) return;
          take(told);
          OneMap.emit("edit-loaded", { isCut: told.is_cut });
          store.look({});
          root.dataset.ready = "1";
        })
        .catch(function (fault) {
          edit.say(OneMap.t("边界没有载入：", "The boundaries did not load: ") + fault.message, true);
        });
    },
    things: function (words) {
      return get(root.dataset.thingsUrl, { layer: edit.layer, q: words });
    },
    // one outline, wherever it lies
    feature: function (code) {
      return get(root.dataset.featuresUrl, { layer: edit.layer, code: code }).then(function (told) {
        take(told);
        return store.feature(code);
      });
    },
  };

  function take(told) {
    told.features.forEach(function (feature) {
      const known = store.published.get(feature.code);
      if (known && known.version === feature.version) return;
      store.published.set(feature.code, {
        key: feature.code,
        code: feature.code,
        name: feature.name,
        version: feature.version,
        grade: feature.grade,
        shape: edit.shape.open(feature.geometry),
      });
    });
    if (told.around) edit.snap.setAround(told.around.map((one) => ({ name: one.name, shape: edit.shape.open(one.geometry) })));
    if (told.around) OneMap.emit("edit-around", { features: told.around });
  }

  map.on("moveend", function () {
    clearTimeout(timer);
    timer = setTimeout(edit.source.load, WAIT_MS);
  });
})();

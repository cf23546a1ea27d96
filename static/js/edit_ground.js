// What lies beneath what is edited: counties, roads and rails, the belt, from the map's own data; nothing to click.
// data-map-url on [data-editor]: where they come from.
(function () {
  "use strict";
  const map = window.map_onemap;
  const root = document.querySelector("[data-editor]");
  const DEPTH = { LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 };

  function draw(collection, pane, classesOf) {
    ((collection && collection.features) || []).forEach(function (feature) {
      const depth = DEPTH[feature.geometry.type];
      if (depth === undefined) return;
      const latLngs = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, depth);
      const kind = feature.geometry.type.endsWith("Polygon") ? L.polygon : L.polyline;
      kind(latLngs, { pane: pane, className: classesOf(feature.properties), interactive: false }).addTo(map);
    });
  }

  // outlines of other layers, which may be snapped to
  const around = L.layerGroup().addTo(map);
  OneMap.on("edit-around", function (event) {
    around.clearLayers();
    event.features.forEach(function (feature) {
      const latLngs = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates, DEPTH.MultiPolygon);
      around.addLayer(L.polygon(latLngs, { pane: "onemap_sections", className: "edit-around", interactive: false }));
    });
  });

  fetch(root.dataset.mapUrl, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then(function (data) {
      draw(data.geometry.counties, "onemap_counties", (told) => "county" + (told.on_belt ? " county--on-belt" : ""));
      draw(data.geometry.network, "onemap_network", (told) => "network network--" + told.kind);
      draw(data.geometry.belt_line, "onemap_belt", () => "belt belt--line edit-belt");
    })
    .catch(function (error) {
      OneMap.edit.say(OneMap.t("底图没有载入，不影响编辑：", "The ground did not load; editing works without it: ") + error.message, true);
    });
})();

// Everything on the map that is not a mark or a label: counties, roads and rails, the belt with its sections and towns,
// outlines with their soft edges. Colours and line widths belong to map.css; here only shape, place and sizes in metres.
// Each piece goes into the group Folium made for it (window.feature_group_<key>) and into one of Folium's panes.
(function () {
  "use strict";
  const SOFT_STEPS = [1, 0.8, 0.6, 0.4, 0.2];
  const SOFT_EDGE_MAX_PX = { light: 26, wall: 40, print: 18 };
  const MOST_SOFT_EDGES = 400;
  let softEdges = [];
  const outlines = new Map(); // code → {bounds, isSchematic} of what is drawn

  function group(key) {
    return window["feature_group_" + key];
  }
  function features(name) {
    const collection = OneMap.data.geometry[name];
    return (collection && collection.features) || [];
  }
  // GeoJSON is lon/lat, Leaflet lat/lon; depth: 0 for a point, 1 a line, 2 a polygon, 3 a multipolygon
  function latLngs(geometry) {
    const depth = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }[geometry.type];
    return depth === 0 ? L.GeoJSON.coordsToLatLng(geometry.coordinates) : L.GeoJSON.coordsToLatLngs(geometry.coordinates, depth - 1);
  }
  function isPoint(feature) {
    return feature.geometry && feature.geometry.type === "Point";
  }
  function metresPerPixel(latlng) {
    return (40075016.686 * Math.cos((latlng.lat * Math.PI) / 180)) / (256 * Math.pow(2, window.map_onemap.getZoom()));
  }
  function path(kind, coordinates, pane, classes, options) {
    return L[kind](coordinates, Object.assign({ pane: pane, className: classes, interactive: false, smoothFactor: 1.2 }, options));
  }

  function counties(isOn) {
    if (!isOn("base.counties")) return;
    features("counties").forEach(function (feature) {
      const isPresent = OneMap.chain.colourOf(feature.properties.code) === "present";
      const classes = "county" + (feature.properties.on_belt ? " county--on-belt" : "") + (isPresent ? " county--present" : "");
      group("counties").addLayer(path("polygon", latLngs(feature.geometry), "onemap_counties", classes));
    });
  }

  function network(isOn) {
    ["road", "rail"].forEach(function (kind) {
      if (!isOn("base." + kind)) return;
      const lines = features("network")
        .filter(function (feature) {
          return feature.properties.kind === kind;
        })
        .map(function (feature) {
          return latLngs(feature.geometry);
        });
      if (lines.length) group("network").addLayer(path("polyline", lines, "onemap_network", "network network--" + kind, { smoothFactor: 2 }));
    });
  }

  function belt(isOn) {
    if (isOn("belt.sections")) {
      features("belt_sections").forEach(function (feature, order) {
        const section = path("polygon", latLngs(feature.geometry), "onemap_sections", "section section--" + (order % 2 ? "odd" : "even"));
        group("sections").addLayer(section);
        if (OneMap.theme() === "print" && section.getElement()) {
          section.getElement().style.fill = "url(#onemap-print-" + (order % 2 ? "b" : "a") + ")";
        }
      });
    }
    if (isOn("belt.line")) {
      features("belt_line").forEach(function (feature) {
        const line = latLngs(feature.geometry);
        group("belt").addLayer(path("polyline", line, "onemap_belt", "belt belt--casing"));
        group("belt").addLayer(path("polyline", line, "onemap_belt", "belt belt--line"));
      });
    }
    if (isOn("belt.stops")) {
      const radius = { light: 3.5, wall: 6, print: 3 }[OneMap.sizes()];
      features("stops").forEach(function (feature) {
        group("stops").addLayer(path("circleMarker", latLngs(feature.geometry), "onemap_stops", "stop", { radius: radius }));
      });
    }
  }

  // A schematic outline is a guess: a broken line with an edge as soft as its accuracy. A boundary is a firm line.
  function outline(place, feature, onOpen) {
    const target = group(place.layer === "zone" ? "zones" : "parks");
    const coordinates = latLngs(feature.geometry);
    const isSchematic = place.drawn === "outline";
    if (isSchematic && features("places").length <= MOST_SOFT_EDGES) {
      SOFT_STEPS.forEach(function (part) {
        const edge = path("polygon", coordinates, "onemap_soft", "soft-edge", { fill: false });
        softEdges.push({ edge: edge, accuracy: place.accuracy_m || 0, part: part, latlng: L.latLng(place.lonlat[1], place.lonlat[0]) });
        target.addLayer(edge);
      });
    }
    const state = OneMap.chain.colourOf(place.code);
    const kind = kindAt(place.code);
    const gaps = OneMap.gaps.overlay() ? " outline--gaps" + (kind ? " outline--kind-" + kind : "") : "";
    const classes = "outline outline--" + place.layer + (isSchematic ? " outline--schematic" : "") + (state ? " outline--" + state : "") + gaps;
    const shape = path("polygon", coordinates, "onemap_outlines", classes, { interactive: true, bubblingMouseEvents: false, smoothFactor: 0.5 });
    target.addLayer(shape);
    shape.getElement().dataset.outline = place.code;
    if (state === "unknown" || kind === "unverified") shape.getElement().style.fill = OneMap.glyphs.hatch;
    shape.on("click", function () {
      onOpen(place.code);
    });
    outlines.set(place.code, { bounds: shape.getBounds(), isSchematic: isSchematic });
  }
  // the kind of the chosen node; of all nodes together an outline tells nothing
  function kindAt(code) {
    const summary = OneMap.gaps.node() ? OneMap.gaps.summary(code) : null;
    return summary && summary.worst;
  }

  function sizeSoftEdges() {
    const most = SOFT_EDGE_MAX_PX[OneMap.sizes()];
    softEdges.forEach(function (soft) {
      const width = Math.min(soft.accuracy / metresPerPixel(soft.latlng), most);
      soft.edge.setStyle({ weight: 2 * width * soft.part });
    });
  }

  OneMap.drawing = {
    group: group,
    features: features,
    latLngs: latLngs,
    isPoint: isPoint,
    metresPerPixel: metresPerPixel,
    path: path,
    sizeSoftEdges: sizeSoftEdges,
    isSchematic: function (code) {
      return outlines.has(code) && outlines.get(code).isSchematic;
    },
    // half the width of a place's outline on the screen; 0 without one
    outlineRadiusPx: function (code) {
      if (!outlines.has(code)) return 0;
      const bounds = outlines.get(code).bounds;
      const map = window.map_onemap;
      return map.latLngToLayerPoint(bounds.getNorthEast()).subtract(map.latLngToLayerPoint(bounds.getSouthWest())).x / 2;
    },

    clear: function () {
      softEdges = [];
      outlines.clear();
      ["counties", "network", "sections", "belt", "zones", "parks", "stops", "facilities"].forEach(function (key) {
        group(key).clearLayers();
      });
    },

    ground: function (isOn) {
      counties(isOn);
      network(isOn);
      belt(isOn);
    },

    outlines: function (places, onOpen) {
      const byCode = new Map(
        features("places")
          .filter(function (feature) {
            return !isPoint(feature);
          })
          .map(function (feature) {
            return [feature.properties.code, feature];
          })
      );
      // parents first, so that a zone inside a park can be clicked
      places
        .filter(function (place) {
          return (place.drawn === "outline" || place.drawn === "boundary") && place.lonlat && byCode.has(place.code);
        })
        .sort(function (a, b) {
          return (a.layer === "zone") - (b.layer === "zone");
        })
        .forEach(function (place) {
          outline(place, byCode.get(place.code), onOpen);
        });
      sizeSoftEdges();
    },
  };
})();

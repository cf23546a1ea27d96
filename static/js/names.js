// Which names want to stand on the map, how much each matters and where it may stand; labels.js finds the room.
(function () {
  "use strict";
  const t = OneMap.t;
  // whose name finds room first; within parks and zones the data's own priority
  const RANKS = { park: 1000, section: 2000, zone: 3000, route: 4000, countyOnBelt: 5000, stop: 6000, county: 7000 };
  const MOST_PLACES = 400;

  // a few points inside a county where its name may stand, the most central first
  function insidePoints(feature) {
    const rings = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates[0]] : feature.geometry.coordinates.map((part) => part[0]);
    const ring = rings.reduce((a, b) => (b.length > a.length ? b : a));
    const xs = ring.map((point) => point[0]);
    const ys = ring.map((point) => point[1]);
    const west = Math.min(...xs);
    const east = Math.max(...xs);
    const south = Math.min(...ys);
    const north = Math.max(...ys);
    function isInside(x, y) {
      let inside = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        if (ring[i][1] > y !== ring[j][1] > y && x < ((ring[j][0] - ring[i][0]) * (y - ring[i][1])) / (ring[j][1] - ring[i][1]) + ring[i][0]) inside = !inside;
      }
      return inside;
    }
    const points = [];
    for (let row = 1; row < 14; row += 1) {
      for (let column = 1; column < 14; column += 1) {
        const x = west + ((east - west) * column) / 14;
        const y = south + ((north - south) * row) / 14;
        if (isInside(x, y)) points.push([y, x, Math.abs(column - 7) + Math.abs(row - 7)]);
      }
    }
    return points.sort((a, b) => a[2] - b[2]).map((point) => L.latLng(point[0], point[1]));
  }

  function sectionLabels() {
    const line = OneMap.drawing.features("belt_line")[0];
    if (!line || !OneMap.layers.isOn("belt.sections")) return [];
    const path = OneMap.drawing.latLngs(line.geometry);
    const byCode = new Map(OneMap.data.sections.map((section) => [section.code, section]));
    return OneMap.drawing
      .features("belt_sections")
      .map(function (feature) {
        const section = byCode.get(feature.properties.code);
        const part = insideOf(path, feature.geometry);
        if (!section || part.length < 2) return null;
        return { key: "section:" + section.code, text: OneMap.pick(section, "name"), kind: "section", priority: RANKS.section, line: part, halfWidth_m: 3000 };
      })
      .filter(Boolean);
  }

  // the road's number, on the road itself
  function routeLabels() {
    const line = OneMap.drawing.features("belt_line")[0];
    if (!line || !OneMap.layers.isOn("belt.line")) return [];
    const path = OneMap.drawing.latLngs(line.geometry);
    function at(shares) {
      return shares.map(function (share) {
        const place = share * (path.length - 1);
        const index = Math.min(path.length - 2, Math.floor(place));
        const part = place - index;
        return L.latLng(path[index].lat + (path[index + 1].lat - path[index].lat) * part, path[index].lng + (path[index + 1].lng - path[index].lng) * part);
      });
    }
    return [
      [0.625, 0.63, 0.61, 0.55, 0.5, 0.52],
      [0.085, 0.09, 0.1, 0.05, 0.3],
      [0.91, 0.93, 0.9],
    ].map(function (shares, order) {
      return { key: "route:" + order, text: t("320国道", "G320"), kind: "route", priority: RANKS.route + order, candidates: at(shares) };
    });
  }

  // the piece of the line that runs inside a section, sampled finely enough to turn a name along it
  function insideOf(path, geometry) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const fine = [];
    for (let index = 1; index < path.length; index += 1) {
      const steps = Math.max(1, Math.ceil(path[index - 1].distanceTo(path[index]) / 400));
      for (let step = 0; step < steps; step += 1) {
        const share = step / steps;
        fine.push(L.latLng(path[index - 1].lat + (path[index].lat - path[index - 1].lat) * share, path[index - 1].lng + (path[index].lng - path[index - 1].lng) * share));
      }
    }
    fine.push(path[path.length - 1]);
    return fine.filter(function (latlng) {
      return polygons.some(function (rings) {
        let inside = false;
        const ring = rings[0];
        for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
          if (ring[i][1] > latlng.lat !== ring[j][1] > latlng.lat && latlng.lng < ((ring[j][0] - ring[i][0]) * (latlng.lat - ring[i][1])) / (ring[j][1] - ring[i][1]) + ring[i][0]) inside = !inside;
        }
        return inside;
      });
    });
  }

  // with a node chosen the name carries what is missing there
  function missing(place) {
    const summary = OneMap.gaps.node() ? OneMap.gaps.summary(place.code) : null;
    return summary && summary.gap > 0 ? t(" 缺 ", " lacks ") + OneMap.gaps.yuan(summary.gap) : "";
  }

  // a county's mark speaks for the firms no park claims; its name stands across the county already
  function countyFirms(county) {
    return { key: "place:" + county.code, text: OneMap.shortName(county) + t("（园区未定）", " (park unknown)"), kind: "zone", priority: RANKS.zone, mark: "place:" + county.code, place: county.code, open: () => OneMap.openPlace(county.code) };
  }

  // of thousands of places only so many find room: the first by priority
  function foremost(names) {
    if (names.length <= MOST_PLACES) return names;
    return names.sort((a, b) => a.priority - b.priority).slice(0, MOST_PLACES);
  }

  function list(places, facilities) {
    const names = foremost(places.map(function (place) {
      if (place.layer === "county") return countyFirms(place);
      const level = (place.level && place.level.level) || "none";
      const isOpen = place.code === OneMap.state.get().place;
      // with gaps shown the places that have something to tell come first, the largest gap before the rest
      const rank = OneMap.gapMarks.rank(place.code);
      const summary = OneMap.gaps.summary(place.code);
      return {
        key: "place:" + place.code,
        text: OneMap.shortName(place) + missing(place),
        kind: place.layer + " label--" + level,
        priority: isOpen ? 0 : rank === null ? RANKS[place.layer] + place.priority : RANKS.park * (1 + rank) + place.priority - Math.min(900, summary ? summary.gap : 0),
        mark: "place:" + place.code,
        reach: isOpen || (rank === null ? level === "national" || level === "provincial" : rank === 0) ? "farthest" : "far",
        place: place.code,
        open: function () {
          OneMap.openPlace(place.code);
        },
      };
    }));
    facilities.forEach(function (facility) {
      if (!facility.lonlat) return;
      const key = "facility:" + facility.code;
      names.push({ key: key, text: OneMap.pick(facility, "name"), kind: "facility", priority: RANKS.stop, mark: key, quiet: true });
    });
    if (OneMap.layers.isOn("base.counties")) {
      OneMap.drawing.features("counties").forEach(function (feature) {
        const county = OneMap.findPlace(feature.properties.code);
        const opens = county ? { place: county.code, open: () => OneMap.openPlace(county.code) } : {};
        names.push({ ...opens, key: "county:" + feature.properties.code, text: OneMap.pick(feature.properties, "name"), kind: "county" + (feature.properties.on_belt ? " label--on-belt" : ""), priority: feature.properties.on_belt ? RANKS.countyOnBelt : RANKS.county, candidates: insidePoints(feature) });
      });
    }
    if (OneMap.layers.isOn("belt.stops")) {
      OneMap.drawing.features("stops").forEach(function (feature) {
        names.push({ key: "stop:" + feature.properties.name_zh, text: OneMap.pick(feature.properties, "name"), kind: "stop", priority: RANKS.stop, latlng: OneMap.drawing.latLngs(feature.geometry), radius: 4 });
      });
    }
    return names.concat(sectionLabels(), routeLabels());
  }

  OneMap.names = { list: list };
})();

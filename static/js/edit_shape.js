// Outlines as the editor holds them: a MultiPolygon of open rings, shape[part][ring][corner] = [lon, lat], degrees,
// EPSG:4490. Never changed in place: every function gives a new outline, so that undo needs nothing but the old one.
// Areas on the GRS80 ellipsoid.
(function () {
  "use strict";
  const edit = (OneMap.edit = {});
  const SEMI_MAJOR_M = 6378137;
  const FLATTENING = 1 / 298.257222101;
  const E2 = FLATTENING * (2 - FLATTENING);
  const ECCENTRICITY = Math.sqrt(E2);
  const RADIAN = Math.PI / 180;
  const DECIMALS = 1e9; // 0.1 mm

  // the surface from the equator to a latitude, of one radian of longitude, in units of half the semi-major axis squared
  function zone(latitude) {
    const sine = Math.sin(latitude * RADIAN);
    const e = ECCENTRICITY * sine;
    return (1 - E2) * (sine / (1 - e * e) + Math.log((1 + e) / (1 - e)) / (2 * ECCENTRICITY));
  }
  function ringArea(ring) {
    const first = zone(ring[0][1]);
    let previous = ring[ring.length - 1];
    let below = zone(previous[1]) - first;
    let sum = 0;
    ring.forEach(function (corner) {
      const here = zone(corner[1]) - first;
      sum += (corner[0] - previous[0]) * RADIAN * (here + below);
      previous = corner;
      below = here;
    });
    return (Math.abs(sum) * SEMI_MAJOR_M * SEMI_MAJOR_M) / 4;
  }
  function area(shape) {
    return shape.reduce(function (sum, rings) {
      return sum + rings.reduce((left, ring, at) => (at ? left - ringArea(ring) : ringArea(ring)), 0);
    }, 0);
  }

  function withRing(shape, part, ring, corners) {
    return shape.map((rings, p) => (p === part ? rings.map((old, r) => (r === ring ? corners : old)) : rings));
  }
  function withoutRing(shape, part, ring) {
    if (ring === 0) return shape.filter((_, p) => p !== part);
    return shape.map((rings, p) => (p === part ? rings.filter((_, r) => r !== ring) : rings));
  }

  edit.shape = {
    area: area,
    round: function (lonlat) {
      return [Math.round(lonlat[0] * DECIMALS) / DECIMALS, Math.round(lonlat[1] * DECIMALS) / DECIMALS];
    },
    // GeoJSON in: rings are closed there
    open: function (geometry) {
      const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
      return parts.map((rings) => rings.map((ring) => ring.slice(0, -1)));
    },
    close: function (shape) {
      return { type: "MultiPolygon", coordinates: shape.map((rings) => rings.map((ring) => ring.concat([ring[0]]))) };
    },
    count: function (shape) {
      return shape.reduce((sum, rings) => sum + rings.reduce((all, ring) => all + ring.length, 0), 0);
    },
    // visit(corner, [part, ring, index], ring)
    each: function (shape, visit) {
      shape.forEach((rings, p) => rings.forEach((ring, r) => ring.forEach((corner, i) => visit(corner, [p, r, i], ring))));
    },
    corner: function (shape, at) {
      const ring = shape[at[0]] && shape[at[0]][at[1]];
      return (ring && ring[at[2]]) || null;
    },
    move: function (shape, at, lonlat) {
      return withRing(shape, at[0], at[1], shape[at[0]][at[1]].map((corner, i) => (i === at[2] ? lonlat : corner)));
    },
    // a new corner after the one at `at`
    insert: function (shape, at, lonlat) {
      const ring = shape[at[0]][at[1]].slice();
      ring.splice(at[2] + 1, 0, lonlat);
      return withRing(shape, at[0], at[1], ring);
    },
    // A ring of three corners goes as a whole; null where nothing would be left.
    remove: function (shape, at) {
      const ring = shape[at[0]][at[1]];
      const left = ring.length > 3 ? withRing(shape, at[0], at[1], ring.filter((_, i) => i !== at[2])) : withoutRing(shape, at[0], at[1]);
      return left.length ? left : null;
    },
    bounds: function (shape) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      shape.forEach((rings) =>
        rings[0].forEach(function (corner) {
          box[0] = Math.min(box[0], corner[0]);
          box[1] = Math.min(box[1], corner[1]);
          box[2] = Math.max(box[2], corner[0]);
          box[3] = Math.max(box[3], corner[1]);
        })
      );
      return box;
    },
    latLngs: function (shape) {
      return shape.map((rings) => rings.map((ring) => ring.map((corner) => [corner[1], corner[0]])));
    },
  };
})();

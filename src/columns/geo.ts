import type { GeoPoint } from './attributes.js';

/** Mean radius of the earth (IUGG), metres. */
export const earthRadius = 6_371_008.8;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance on the sphere in metres: 2 R asin(sqrt(sin^2(dLat / 2) + cos(lat a) cos(lat b) sin^2(dLon / 2))) (haversine). */
export function greatCircle(a: GeoPoint, b: GeoPoint): number {
  const acrossLat = Math.sin(radians(b.lat - a.lat) / 2);
  const acrossLon = Math.sin(radians(b.lon - a.lon) / 2);
  const chord = acrossLat ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * acrossLon ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** What must hold of a point: a band of latitudes, which columns are sorted by, and a test within it. */
export interface GeoCondition {
  readonly south: number;
  readonly north: number;
  readonly holds: (point: GeoPoint) => boolean;
}

/** Degrees by which a band is too wide rather than too narrow by a rounding. */
const slack = 1e-9;

/** @param within  metres, >= 0 */
export function nearPoint(centre: GeoPoint, within: number): GeoCondition {
  const degrees = ((within / earthRadius) * 180) / Math.PI + slack;
  return {
    south: centre.lat - degrees,
    north: centre.lat + degrees,
    holds: point => greatCircle(centre, point) <= within,
  };
}

/** Inclusive; west > east crosses the antimeridian. A pole lies on every meridian, and 180 is the meridian of -180. */
export function inBox(north: number, south: number, east: number, west: number): GeoCondition {
  const between = (lon: number): boolean => (west <= east ? lon >= west && lon <= east : lon >= west || lon <= east);
  return {
    south,
    north,
    holds: ({ lat, lon }) => Math.abs(lat) === 90 || between(lon) || (Math.abs(lon) === 180 && between(-lon)),
  };
}

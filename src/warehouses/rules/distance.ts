/** A point on earth in decimal degrees. */
export interface Point {
  latitude: number;
  longitude: number;
}

/** Mean radius of the earth. Source: IUGG, R₁ of GRS 80. */
const EARTH_RADIUS_KM = 6_371.0088;

/**
 * The great-circle distance of two points in kilometres, on a sphere: within 0.6 % of the ellipsoid's.
 * Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159
 */
export function distanceKm(a: Point, b: Point): number {
  const halfLatitude = Math.sin(radians(b.latitude - a.latitude) / 2);
  const halfLongitude = Math.sin(radians(b.longitude - a.longitude) / 2);
  const square = halfLatitude ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * halfLongitude ** 2;
  // For antipodal points, rounding may make it greater than 1.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(square)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

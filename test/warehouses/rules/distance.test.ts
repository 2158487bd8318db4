import * as fc from "fast-check";
import { it } from "vitest";
import { distanceKm } from "../../../src/warehouses/rules/distance.ts";

const BENGALURU = { latitude: 12.9716, longitude: 77.5946 };
const DELHI = { latitude: 28.6328, longitude: 77.2197 };

it("measures known distances", ({ expect }) => {
  expect(distanceKm(BENGALURU, DELHI)).toBeCloseTo(1_742, -1);
  expect(distanceKm({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(111.2, 1);
  expect(distanceKm({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 })).toBeCloseTo(20_015.1, 1);
  expect(distanceKm(DELHI, DELHI)).toBe(0);
});

it("is symmetric, and never more than half the circumference", ({ expect }) => {
  const point = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });

  fc.assert(
    fc.property(point, point, (a, b) => {
      expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 6);
      expect(distanceKm(a, b)).toBeLessThanOrEqual(20_016);
    }),
  );
});

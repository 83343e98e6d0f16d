import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earthRadius, greatCircle, inBox, nearPoint } from '../../src/columns/geo.js';
import { arcLength } from './naive-filter.js';

const point = (lat: number, lon: number) => ({ lat, lon });
const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('greatCircle', () => {
  it.each([
    // a quarter, a half and a 360th of the way around
    [point(0, 0), point(0, 90), (Math.PI / 2) * earthRadius],
    [point(0, 0), point(90, 123), (Math.PI / 2) * earthRadius],
    [point(0, -90), point(0, 90), Math.PI * earthRadius],
    [point(90, 0), point(-90, 77), Math.PI * earthRadius],
    [point(10, 20), point(11, 20), (Math.PI / 180) * earthRadius],
    // across the antimeridian it is 2 degrees of the equator, not 358
    [point(0, 179), point(0, -179), (Math.PI / 90) * earthRadius],
    [point(0, 180), point(0, -180), 0],
    // on the parallel of 60 degrees, 180 degrees apart: over the pole, 60 degrees
    [point(60, 0), point(60, 180), (Math.PI / 3) * earthRadius],
    [point(48.8566, 2.3522), point(48.8566, 2.3522), 0],
  ])('from %o to %o', (a, b, metres) => expect(greatCircle(a, b)).toBeCloseTo(metres, 4));

  it('equals the angle between the vectors from the centre, both ways', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (a, b) => {
        expect(Math.abs(greatCircle(a, b) - arcLength(a, b))).toBeLessThan(0.5); // asin is weak near half the way around
        expect(greatCircle(b, a)).toBeCloseTo(greatCircle(a, b), 6);
      }),
      { numRuns: 500 },
    );
  });
});

describe('nearPoint', () => {
  it('has every point within the distance in its band', () => {
    fc.assert(
      fc.property(anywhere, anywhere, fc.double({ min: -1, max: 1, noNaN: true }), (centre, other, more) => {
        const within = Math.max(0, greatCircle(centre, other) + more);
        const { south, north, holds } = nearPoint(centre, within);
        if (holds(other)) expect(other.lat >= south && other.lat <= north).toBe(true);
        expect(holds(other)).toBe(greatCircle(centre, other) <= within);
      }),
    );
  });

  it('takes the distance itself in, and the centre at no distance', () => {
    const [centre, other] = [point(52.52, 13.405), point(48.137, 11.575)];
    const distance = greatCircle(centre, other);
    expect(nearPoint(centre, distance).holds(other)).toBe(true);
    expect(nearPoint(centre, distance - 1e-3).holds(other)).toBe(false);
    expect(nearPoint(centre, 0).holds(centre)).toBe(true);
  });
});

describe('inBox', () => {
  it.each([
    ['an ordinary box', [10, 0, 20, 10], point(5, 15), true],
    ['its corner', [10, 0, 20, 10], point(10, 20), true],
    ['a point east of it', [10, 0, 20, 10], point(5, 20.1), false],
    ['a box over the antimeridian', [10, 0, -170, 170], point(5, 175), true],
    ['its other half', [10, 0, -170, 170], point(5, -175), true],
    ['what it leaves out', [10, 0, -170, 170], point(5, 0), false],
    ['180 in a box that begins at -180', [10, 0, -170, -180], point(5, 180), true],
    ['-180 in a box that ends at 180', [10, 0, 180, 170], point(5, -180), true],
    ['the pole at any longitude', [90, 80, 20, 10], point(90, -100), true],
    ['the other pole', [-80, -90, 20, 10], point(-90, 55), true],
    ['beside the pole not', [90, 80, 20, 10], point(89.9, -100), false],
    ['all the way around', [90, -90, 180, -180], point(12, 34), true],
  ])('%s', (_, [north, south, east, west], { lat, lon }, expected) => {
    const box = inBox(north, south, east, west);
    expect(lat >= box.south && lat <= box.north && box.holds({ lat, lon })).toBe(expected);
  });
});

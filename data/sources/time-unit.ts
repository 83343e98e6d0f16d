import type { WrittenTime } from '../../src/config/time.js';
import { malformedRow } from './parse-row.js';

/** Times of search logs lie between these, in seconds since 1970: the years 2000 to 2099. */
const [earliest, latest] = [946_684_800, 4_102_444_800];

/** Units by how many of them are a second; no two of them can mean a time of these years by one number. */
const units = [
  { name: 'seconds', perSecond: 1 },
  { name: 'milliseconds', perSecond: 1e3 },
  { name: 'microseconds', perSecond: 1e6 },
  { name: 'nanoseconds', perSecond: 1e9 },
] as const;

/** So many of the numbers must be times of this century in a unit to tell it; a few may be broken, as 0 is. */
const nearlyAll = 0.99;
/** Milliseconds that a date can be away from 1970 (ECMA-262). */
const farthestMs = 8.64e15;

/** Learns the unit of the times that are numbers from all of them. */
export interface TimeUnit {
  see(line: number, time: WrittenTime): void;
  /**
   * Milliseconds of one unit: of the one in which nearly all numbers are times of this century; else 1, whatever they count from.
   * @throws TandemError 'data/malformed-row' where some are in one unit and others in another, and for a number that is no time
   */
  inMilliseconds(): number;
  /** what was told, for people; undefined for milliseconds */
  note(): string | undefined;
}

export function createTimeUnit(path: string): TimeUnit {
  const seen = units.map(unit => ({ ...unit, rows: 0, first: 0 }));
  let numbers = 0;
  let beyond: { readonly line: number; readonly time: number } | undefined;
  const find = (): (typeof units)[number] => {
    const [early, late] = seen.filter(({ rows }) => rows > 0).sort((a, b) => a.first - b.first);
    if (late !== undefined) {
      const reason = `time: a number of ${late.name}, where row ${early.first} has ${early.name}: write one unit`;
      throw malformedRow(path, late.first, reason);
    }
    if (early !== undefined && early.rows >= nearlyAll * numbers) return early;
    if (beyond !== undefined) throw malformedRow(path, beyond.line, `time ${beyond.time} is no time in milliseconds`);
    return units[1];
  };
  return {
    see: (line, time) => {
      if (time instanceof Date) return;
      numbers++;
      const unit = seen.find(({ perSecond }) => time >= earliest * perSecond && time < latest * perSecond);
      if (unit === undefined) {
        if (Math.abs(time) > farthestMs) beyond ??= { line, time };
        return;
      }
      if (unit.rows === 0) unit.first = line;
      unit.rows++;
    },
    inMilliseconds: () => 1e3 / find().perSecond,
    note: () => {
      const { name } = find();
      return name === 'milliseconds' ? undefined : `${path}: times read as ${name} since 1970`;
    },
  };
}

import { align, m0, steps } from './layout';

/** Places of the thread that runs this instance: the memory is shared, these are not. */

/** entries of a pool, at most */
export let poolRoom: u32 = 0;
/** float32 [width]: what comes in */
export let inputAt: u32 = 0;
/** int16 [steps] each */
export let queryAt: u32 = 0;
export let otherAt: u32 = 0;
export let poolAt: u32 = 0;
export let resultsAt: u32 = 0;
/** nodes that wait for their scores, as many as a list has links and 64 more at most, and the keys that come of them */
export let freshAt: u32 = 0;
export let keysAt: u32 = 0;
/** a bit of each node */
export let visitedAt: u32 = 0;
/** a bit of each node that may be found, for walks among some */
export let acceptedAt: u32 = 0;
/** float32 [rows * width] to be compared exactly, and what comes of it */
export let rowsAt: u32 = 0;
export let scoresAt: u32 = 0;

/**
 * @param room   entries of a pool
 * @param bits   bytes of a set of nodes
 * @param rows   rows that are compared exactly in one go
 * @returns the end of the area
 */
export function settle(at: u32, room: u32, bits: u32, rows: u32): u32 {
  poolRoom = room;
  inputAt = align(at, 64);
  queryAt = inputAt + 4 * steps;
  otherAt = queryAt + 2 * steps;
  poolAt = otherAt + 2 * steps;
  resultsAt = poolAt + 8 * (room + 1);
  freshAt = resultsAt + 8 * (room + 1);
  keysAt = freshAt + 4 * (m0 + 64);
  scoresAt = keysAt + 8 * (m0 + 64);
  rowsAt = align(scoresAt + 4 * rows, 64);
  visitedAt = align(rowsAt + 4 * rows * steps, 64);
  acceptedAt = visitedAt + bits;
  return acceptedAt + bits;
}

export function input(): u32 {
  return inputAt;
}
export function pool(): u32 {
  return poolAt;
}
export function results(): u32 {
  return resultsAt;
}
export function accepted(): u32 {
  return acceptedAt;
}
export function rows(): u32 {
  return rowsAt;
}
export function scores(): u32 {
  return scoresAt;
}

/** The least double above a finite number; Infinity above the greatest. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

/** The greatest double below a finite number; -Infinity below the least. */
export const nextDown = (value: number): number => -nextUp(-value);

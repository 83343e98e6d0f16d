import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Says whether the process is too busy to take more work. */
export interface PressureGauge {
  overloaded(): boolean;
  close(): void;
}

/** Resolution of the delay histogram and the length of one observation, milliseconds. */
const resolutionMs = 10;
const windowMs = 250;

/** One long pause (start-up, garbage collection, a suspended machine) is no load; the delay must last. */
const windowsInARow = 2;

/**
 * Overloaded while the median delay of the event loop has been above a limit for half a second:
 * requests then wait in the queue longer than they take, and turning some away keeps the others quick.
 * @param maxDelayMs  > 0
 */
export function createPressureGauge(maxDelayMs: number): PressureGauge {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let slowWindows = 0;
  const timer = setInterval(() => {
    const delayMs = histogram.percentile(50) / 1e6 - resolutionMs;
    slowWindows = delayMs > maxDelayMs ? slowWindows + 1 : 0;
    histogram.reset();
  }, windowMs);
  timer.unref();
  return {
    overloaded: () => slowWindows >= windowsInARow,
    close: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

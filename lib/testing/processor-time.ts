const text = Array.from({ length: 4_096 }, (_, i) => String.fromCharCode(32 + ((i * 7_919) % 95))).join('');
const pattern = /[a-m]{2}[^a-z]|\d{3}[n-z]/g;
/** What `yardstick` takes on a processor of ours that does nothing else (milliseconds). */
const YARDSTICK_MS = 5;

/** A fixed piece of the work that detectors do: a loop over code units, and a regular expression. */
function yardstick(): number {
  let sum = 0;
  for (let round = 0; round < 380; round++) {
    for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
    sum += text.match(pattern)?.length ?? 0;
  }
  return sum;
}

function processorMs(run: () => void): number {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

/**
 * What a run takes on the processor, as milliseconds of a machine that does nothing else: the least of a few, each against a fixed piece of work
 * right after it. Who shares a processor's caches and clock with others takes longer for both. Once it is below `enough` no more runs are made.
 */
export function idleMs(run: () => void, enough: number, runs = 4): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs && least >= enough; i++) {
    const took = processorMs(run);
    least = Math.min(least, took < enough ? took : (took * YARDSTICK_MS) / Math.max(YARDSTICK_MS, processorMs(yardstick)));
  }
  return least;
}

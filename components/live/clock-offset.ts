/** One exchange: when we asked and heard by our clock, and what the server's clock said. All in epoch milliseconds. */
export type Sample = { sentAt: number; heardAt: number; serverNow: number };

/** How far the server's clock is ahead of ours by one exchange, taking half the round trip as the way back. */
export const offsetOf = ({ sentAt, heardAt, serverNow }: Sample) => serverNow + (heardAt - sentAt) / 2 - heardAt;

/** The median of the last five exchanges: one slow answer moves nothing. */
export function medianOffset(samples: readonly Sample[]): number | null {
  const offsets = samples.slice(-5).map(offsetOf).sort((a, b) => a - b);
  if (offsets.length === 0) return null;
  const middle = Math.floor(offsets.length / 2);
  return offsets.length % 2 ? offsets[middle]! : (offsets[middle - 1]! + offsets[middle]!) / 2;
}

import type { Usual } from '@/lib/approvals';

/** Three times the median is worth a line; less is noise. */
const WORTH_SAYING = 3;

/** How a call differs from the same agent's earlier ones; null where there are none to compare with. */
export function unusualLines(usual: Usual, destination: string | undefined): string[] | null {
  if (usual.calls === 0) return null;
  const span = `${usual.calls.toLocaleString('en')} ${usual.calls === 1 ? 'call' : 'calls'} over ${usual.days <= 1 ? 'a day' : `${usual.days} days`}`;
  const lines: string[] = [];
  if (destination !== undefined && usual.sameDestination === 0) lines.push(`${short(destination)}: never seen in ${span}.`);
  const ratio = usual.bytes !== null && usual.medianBytes ? usual.bytes / usual.medianBytes : 0;
  if (usual.calls >= 5 && ratio >= WORTH_SAYING) lines.push(`Size: ${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}× the median.`);
  if (lines.length === 0 && destination !== undefined && usual.sameDestination) lines.push(`Nothing: ${short(destination)} was in ${usual.sameDestination.toLocaleString('en')} of ${span}.`);
  return lines;
}

/** The card shows destinations whole where they are arguments; here one is only named. */
const short = (text: string) => (text.length <= 80 ? text : `${text.slice(0, 50)} … ${text.slice(-20)}`);

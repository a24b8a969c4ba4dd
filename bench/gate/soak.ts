import { median } from '@/lib/testing/compare-times';
import type { startLoad } from '../stage/load';
import { residentMb } from '../stage/cpu';
import type { Target } from '../load/crew';

export type Soaked = { wanted: number; decided: number; rate: number; middleMb: number; lastMb: number; beforeMb: number; afterMb: number };

/** So many decisions in a row, as fast as they go, by sessions that live as long; the gateway's memory is read every half second. */
export async function soak(load: Awaited<ReturnType<typeof startLoad>>, gate: { pid: number; target: Target }, connections: number, wanted: number): Promise<Soaked> {
  console.log(`\nSoak: ${wanted.toLocaleString('en')} decisions in a row.`);
  await load.connect(gate.target, connections);
  const samples = [residentMb(gate.pid)];
  const sampling = setInterval(() => samples.push(residentMb(gate.pid)), 500);
  const measured = await load.press({ kind: 'closed', depth: 2, until: { count: wanted }, warmupSeconds: 0 });
  clearInterval(sampling);
  samples.push(residentMb(gate.pid));
  await load.disconnect();
  const third = Math.floor(samples.length / 3);
  const soaked = {
    wanted, decided: measured.allowed, rate: measured.answered / measured.seconds,
    middleMb: median(samples.slice(third, 2 * third)), lastMb: median(samples.slice(2 * third)), beforeMb: samples[0]!, afterMb: samples.at(-1)!,
  };
  console.log(`${soaked.decided.toLocaleString('en')} allowed at ${Math.round(soaked.rate)}/s; memory ${samples.filter((_, i) => i % Math.max(1, Math.floor(samples.length / 12)) === 0).map((mb) => mb.toFixed(0)).join(' → ')} MB`);
  if (measured.allowed !== measured.answered) console.log(`others: ${JSON.stringify(measured.refused)}`);
  return soaked;
}

import { readFileSync, readdirSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/** Seconds of processor time a process and, when asked, its children have used. Linux only; zero elsewhere. */
export function cpuSeconds(pid: number, withChildren = false): number {
  const own = ticksOf(pid);
  if (!own) return 0;
  let ticks = own.ticks + (withChildren ? own.endedChildren : 0);
  if (withChildren) for (const child of childrenOf(pid)) ticks += ticksOf(child)?.ticks ?? 0;
  return ticks / TICKS_A_SECOND;
}

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function ticksOf(pid: number): { ticks: number; endedChildren: number; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; what follows it is fixed.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    return { parent: fields[1]!, ticks: fields[11]! + fields[12]!, endedChildren: fields[13]! + fields[14]! };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number).filter((entry) => ticksOf(entry)?.parent === pid);
  } catch {
    return [];
  }
}

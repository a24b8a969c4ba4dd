import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process as the kernel lists it. `depth`: in how many PID namespaces it has a number; `innermost`: its number in the deepest of them. */
export type Listed = { pid: number; ppid: number; group: number; session: number; state: string; depth: number; innermost: number };

/** Every process this one can see that is not over: a zombie has ended, and only waits to be counted. */
export function listProcesses(): Listed[] {
  return readdirSync('/proc').flatMap((name) => {
    const listed = /^\d+$/.test(name) ? readProcess(Number(name)) : undefined;
    return listed && listed.state !== 'Z' && listed.state !== 'X' ? [listed] : [];
  });
}

/** Undefined when there is none of that number. */
export function readProcess(pid: number): Listed | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets and may hold anything, brackets too: what follows the last one is numbers.
    const [state = '', ppid, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const numbers = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]?.trim().split(/\s+/) ?? [String(pid)];
    return { pid, ppid: Number(ppid), group: Number(group), session: Number(session), state, depth: numbers.length, innermost: Number(numbers.at(-1)) };
  } catch {
    return undefined;
  }
}

/** Everything that descends from a process, nearest first. Of a namespace's first process that is the whole namespace and all within it. */
export function descendantsOf(pid: number, list: readonly Listed[] = listProcesses()): Listed[] {
  const found: Listed[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = list.filter((one) => parents.has(one.ppid));
    found.push(...children);
    parents = new Set(children.map((one) => one.pid));
  }
  return found;
}

/** The PID namespace of a process ("pid:[4026532178]"); undefined when that may not be known. */
export function pidNamespaceOf(pid: number | 'self'): string | undefined {
  try { return readlinkSync(`/proc/${pid}/ns/pid`); } catch { return undefined; }
}

/** A PID namespace that stays what its name says: the kernel gives the name of one that is gone to the next, which may be anybody's. */
export type HeldNamespace = { readonly name: string; letGo(): void };

/** Holds the namespace of a process, or the one that its children will be in; undefined while that is this process's own, or may not be known. */
export function holdPidNamespace(pid: number, which: 'pid' | 'pid_for_children'): HeldNamespace | undefined {
  let descriptor: number;
  try { descriptor = openSync(`/proc/${pid}/ns/${which}`, 'r'); } catch { return undefined; }
  const name = `pid:[${fstatSync(descriptor).ino}]`;
  if (name === pidNamespaceOf('self')) { closeSync(descriptor); return undefined; }
  return { name, letGo: () => closeSync(descriptor) };
}

import type { Target } from '../load/crew';
import { quantile, rounded } from '../report/figures';
import type { Measured, startLoad } from '../stage/load';

type Load = Awaited<ReturnType<typeof startLoad>>;
export type ServerName = 'echo' | 'ideal' | 'gate';
export type Servers = Record<ServerName, { pid: number; target: Target }>;
export type Level = { p50: number; p95: number; p99: number; cores: Record<string, number> };
export type OfServer = { levels: Map<number, Level>; max: number; maxCores: Record<string, number>; costUs: { server: number; postgres: number } };
/** One pass over all three servers. `slow` says why the machine was not at its best. */
export type Round = { of: Record<ServerName, OfServer>; slow?: string; lines: (string | number)[][]; coreLines: (string | number)[][] };

/** What an idle machine of two cores reaches; more than 30 % off, and the round says more about the machine than about the gate. */
const EXPECTED = { echoP50: 0.1, idealP50: 0.7, idealMax: 10_000 };
const TOLERANCE = 1.3;
const DEPTH = 4;

/** Measures echo, ideal and gate one after the other, another one first each time. */
export async function measureRound(load: Load, servers: Servers, options: { connections: number; rates: number[]; seconds: number; turn: number }): Promise<Round> {
  const names: ServerName[] = ['echo', 'ideal', 'gate'];
  const order = names.map((_, i) => names[(i + options.turn) % names.length]!);
  const of = {} as Record<ServerName, OfServer>;
  const late: Partial<Record<ServerName, number>> = {};
  const refused: string[] = [];
  // A gate that refused would be fast for nothing.
  const note = (name: ServerName, { answered, allowed, refused: codes }: Measured) => { if (name !== 'echo' && allowed !== answered) refused.push(`${name} did not allow ${answered - allowed} of ${answered} (${Object.keys(codes).join(', ')})`); };
  for (const name of order) {
    await load.connect(servers[name].target, options.connections);
    const levels = new Map<number, Level>();
    for (const rate of options.rates) {
      const measured = await load.press({ kind: 'open', rate, seconds: options.seconds, warmupSeconds: 1 });
      note(name, measured);
      levels.set(rate, { p50: quantile(measured.latencies, 0.5), p95: quantile(measured.latencies, 0.95), p99: quantile(measured.latencies, 0.99), cores: measured.cores });
      late[name] = Math.max(late[name] ?? 0, measured.latenessP99Ms);
    }
    const most = await load.press({ kind: 'closed', depth: DEPTH, until: { seconds: options.seconds }, warmupSeconds: 1 });
    note(name, most);
    of[name] = { levels, max: most.answered / most.seconds, maxCores: most.cores, costUs: { server: (most.cores[name]! * most.wallSeconds * 1e6) / most.all, postgres: (most.cores.postgres! * most.wallSeconds * 1e6) / most.all } };
    await load.disconnect();
  }
  const slow = [...refused, ...slownessOf(of)].join(', ');
  return {
    of, ...(slow ? { slow } : {}),
    lines: names.map((name) => [name, ...options.rates.flatMap((rate) => { const { p50, p95, p99 } = of[name].levels.get(rate)!; return [p50, p95, p99].map((ms) => ms.toFixed(2)); }), Math.round(of[name].max), late[name]!.toFixed(2)]),
    coreLines: names.map((name) => [name, ...[...options.rates.map((rate) => of[name].levels.get(rate)!.cores), of[name].maxCores].map((cores) => `${cores[name]!.toFixed(2)} +pg ${cores.postgres!.toFixed(2)} +load ${cores.load!.toFixed(2)}`), `${of[name].costUs.server.toFixed(0)} +pg ${of[name].costUs.postgres.toFixed(0)}`]),
  };
}

function slownessOf(of: Record<ServerName, OfServer>): string[] {
  const reasons: string[] = [];
  const say = (what: string, value: number, expected: number, unit: string) => reasons.push(`${what} ${rounded(value)}${unit} (expected ${expected}${unit})`);
  const echo = of.echo.levels.get(500)!.p50, ideal = of.ideal.levels.get(500)!.p50;
  if (echo > EXPECTED.echoP50 * TOLERANCE) say('echo p50@500', echo, EXPECTED.echoP50, ' ms');
  if (ideal > EXPECTED.idealP50 * TOLERANCE) say('ideal p50@500', ideal, EXPECTED.idealP50, ' ms');
  if (of.ideal.max < EXPECTED.idealMax / TOLERANCE) say('ideal max', of.ideal.max, EXPECTED.idealMax, '/s');
  return reasons;
}

// Where the gateway's time goes under load: `npm run bench -- profile FOLDER` leaves a .cpuprofile there for any viewer and prints the heaviest functions.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { numberOption, table } from './report/print';
import { startLoad } from './stage/load';
import { setStage } from './stage/stage';

type Profile = { nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[]; samples: number[]; timeDeltas: number[] };

const folder = path.resolve(process.argv[2] ?? '.');
const stage = await setStage(10);
try {
  const gateway = await stage.startGateway(['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500']);
  const load = await startLoad({ gate: gateway, postgres: { pid: stage.databasePid, withChildren: true } });
  await load.connect(gateway.target, numberOption('connections', 200));
  const count = numberOption('count', 20_000);
  const measured = await load.press({ kind: 'closed', depth: numberOption('depth', 4), until: { count }, warmupSeconds: 0 });
  console.log(`${measured.answered} decisions at ${Math.round(measured.answered / measured.seconds)}/s, ${JSON.stringify(measured.refused)}; µs a decision: gateway ${((measured.cores.gate! * measured.wallSeconds * 1e6) / measured.all).toFixed(0)}, postgres ${((measured.cores.postgres! * measured.wallSeconds * 1e6) / measured.all).toFixed(0)}`);
  await load.disconnect();
  await load.stop();
  await gateway.stop();
  const file = readdirSync(folder).filter((name) => name.includes(`.${gateway.pid}.`) && name.endsWith('.cpuprofile')).at(-1);
  if (!file) throw new Error('the gateway left no profile');
  summarise(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Profile, measured.all);
} finally {
  await stage.stop();
}
process.exit();

/** Self and inclusive time by function, in microseconds a decision. */
function summarise({ nodes, samples, timeDeltas }: Profile, decisions: number): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const self = new Map<number, number>();
  samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + timeDeltas[i]!));
  const selfBy = new Map<string, number>(), totalBy = new Map<string, number>();
  const nameOf = ({ callFrame: { functionName, url, lineNumber } }: Profile['nodes'][number]) => `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
  const walk = (id: number, above: Set<string>): number => {
    const node = byId.get(id)!;
    const name = nameOf(node);
    const own = self.get(id) ?? 0;
    selfBy.set(name, (selfBy.get(name) ?? 0) + own);
    const first = !above.has(name);
    if (first) above.add(name);
    let total = own;
    for (const child of node.children ?? []) total += walk(child, above);
    if (first) { above.delete(name); totalBy.set(name, (totalBy.get(name) ?? 0) + total); }
    return total;
  };
  walk(nodes[0]!.id, new Set());
  const top = (map: Map<string, number>, size: number) => [...map].sort((a, b) => b[1] - a[1]).slice(0, size).map(([name, us]) => [name, (us / decisions).toFixed(1)]);
  console.log(`\n${table(['self', 'µs a decision'], top(selfBy, 70))}\n\n${table(['with callees', 'µs a decision'], top(totalBy, 160))}`);
}

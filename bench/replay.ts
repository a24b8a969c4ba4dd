// Sends recorded tool calls through a running gateway: `npm run bench -- replay FILE [--shipped] [--limit N]`. Every row is a session of its own: the
// user's goal and what the agent had read before are told to the gate, then the call is asked for. --shipped keeps the bundle that comes with the
// product, which knows none of these tools; otherwise a registry is made of their names.
import { agentOf, decide, type Verdict } from './replay/decide';
import { bundleFor } from './replay/registry';
import { readRows } from './replay/rows';
import { figureOf } from './report/figures';
import { finish, numberOption, table } from './report/print';
import { setStage } from './stage/stage';

const [file] = process.argv.slice(2).filter((word, i, all) => !word.startsWith('--') && all[i - 1] !== '--limit');
if (!file) { console.error('Which file? npm run bench -- replay FILE [--shipped] [--limit N] [--json]'); process.exit(2); }
const rows = (await readRows(file)).slice(0, numberOption('limit', Number.MAX_SAFE_INTEGER));
const shipped = process.argv.includes('--shipped');
const { bundle, names } = bundleFor(rows, 2);
console.log(`${rows.length} recorded calls of ${names.size} tools; ${shipped ? 'the bundle that comes with the product' : `a registry made of their names: ${bundle.tools.filter((tool) => tool.operation === 'read').length} read, the others ask`}.`);

const stage = await setStage(0);
try {
  if (!shipped) await stage.publish(bundle);
  const agent = await stage.createAgent({ name: 'replay', enforced: true, capabilities: [{ toolset: 'replayed', operations: ['*'], scope: '**' }] });
  const gateway = await stage.startGateway();
  const verdicts: Verdict[] = new Array<Verdict>(rows.length);
  const from = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    const wire = await agentOf(gateway.target.url, agent);
    const work = async () => { while (next < rows.length) { const i = next++; verdicts[i] = await decide(wire, rows[i]!, names); } };
    await Promise.all(Array.from({ length: 8 }, work));
    wire.close();
  }));
  const seconds = (performance.now() - from) / 1000;

  const groups = new Map<string, Verdict[]>();
  rows.forEach(({ source, label }, i) => { const key = `${source} · ${label}`; (groups.get(key) ?? groups.set(key, []).get(key)!).push(verdicts[i]!); });
  const count = (some: readonly Verdict[], verdict: string) => some.filter((one) => one.verdict === verdict).length;
  const share = (some: readonly Verdict[], verdict: string) => `${count(some, verdict)} (${((100 * count(some, verdict)) / some.length).toFixed(1)} %)`;
  console.log(`\n${table(['source · label', 'calls', 'allow', 'ask', 'deny', 'not decided'], [...groups].sort().map(([key, some]) => [key, some.length, share(some, 'allow'), share(some, 'ask'), share(some, 'deny'), count(some, 'error')]))}`);
  const codes = new Map<string, number>();
  for (const { code } of verdicts) codes.set(code, (codes.get(code) ?? 0) + 1);
  console.log(`\n${table(['code', 'calls'], [...codes].sort((a, b) => b[1] - a[1]))}\n\n${(rows.length / seconds).toFixed(0)} calls a second, each with its session, its inputs and its decision on record (${seconds.toFixed(1)} s)`);
  const undecided = count(verdicts, 'error');
  finish('replay', [
    ...[...groups].sort().flatMap(([key, some]) => (['allow', 'ask', 'deny'] as const).map((verdict) => figureOf(`${key} · ${verdict}`, 'share', [count(some, verdict) / some.length]))),
    figureOf('rate', '/s', [rows.length / seconds]),
  ], { file, calls: rows.length, tools: names.size, shipped, undecided, codes: Object.fromEntries(codes) }, undecided === 0);
} finally {
  await stage.stop();
}
process.exit();

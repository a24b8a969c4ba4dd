// How fast the gate decides, beside a bare echo and the ideal gate, on an installation of its own.
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { measureChecks } from './gate/checks';
import { measureRound, type Round } from './gate/round';
import { judgeFigures } from './gate/judge';
import { soak } from './gate/soak';
import { finish, numberOption, table } from './report/print';
import { startChild } from './stage/child';
import { startLoad } from './stage/load';
import { setStage } from './stage/stage';

const CONNECTIONS = 200;
const AGENTS = 10;
const rounds = numberOption('rounds', 3);
const seconds = numberOption('seconds', 5);
const soakCount = numberOption('soak', 250_000);
const rates = [100, 500, 1_000];

console.log('Preparing: Postgres, a gateway, the echo, the ideal gate, the load.');
const stage = await setStage(AGENTS);
const helpers: { stop(): Promise<void> }[] = [];
try {
  const program = path.join(projectRoot(), 'bench', 'ideal-gate.ts');
  const gateway = await stage.startGateway();
  const echo = await startChild(program, ['echo'], {});
  const ideal = await startChild(program, ['ideal', await stage.otherDatabase('ideal')], {});
  helpers.push(echo, ideal);
  const bare = (port: number) => ({ url: `http://127.0.0.1:${port}`, agents: [{ clientId: '', clientSecret: '' }], bare: true });
  const servers = { echo: { pid: echo.pid, target: bare(echo.port) }, ideal: { pid: ideal.pid, target: bare(ideal.port) }, gate: { pid: gateway.pid, target: gateway.target } };
  const load = await startLoad({ postgres: { pid: stage.databasePid, withChildren: true }, echo: echo, ideal: ideal, gate: gateway });
  helpers.push(load);

  const settings = {
    ...stage.settings, connections: CONNECTIONS, agents: AGENTS, sessions: CONNECTIONS, bundle: 'starter', build: process.env.COUNTERSIGN_BUILT ? 'given' : 'dist', rounds, seconds, node: process.version, cpus: os.cpus().length, cpu: os.cpus()[0]?.model ?? '',
  };
  console.log(Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(' · '));

  const measured: Round[] = [];
  for (let attempt = 1; measured.filter((round) => !round.slow).length < rounds && attempt <= rounds * 2; attempt++) {
    const round = await measureRound(load, servers, { connections: CONNECTIONS, rates, seconds, turn: attempt });
    console.log(`\nRound ${attempt}${round.slow ? ` — slow machine: ${round.slow}` : ''}`);
    console.log(table(['', ...rates.flatMap((rate) => [`p50@${rate}`, 'p95', 'p99']), 'max/s', 'late p99'], round.lines));
    console.log(table(['cores used', ...rates.map((rate) => `@${rate}`), 'max', 'µs a decision'], round.coreLines));
    measured.push(round);
  }
  const quick = measured.filter((round) => !round.slow);
  const judged = quick.length >= Math.min(2, rounds) ? quick : measured;
  const slow = judged !== quick;

  const checks = await measureChecks();
  const soaked = soakCount > 0 ? await soak(load, servers.gate, CONNECTIONS, soakCount) : undefined;
  console.log(slow ? '\nSlow machine: fewer than half of the rounds reached what this bench expects of the echo and the ideal gate; all rounds are judged.\n' : '');
  finish('gate', judgeFigures(judged, checks, soaked), { settings, slow, rounds: measured.length });
} finally {
  await Promise.all(helpers.map((one) => one.stop()));
  await stage.stop();
}
process.exit();

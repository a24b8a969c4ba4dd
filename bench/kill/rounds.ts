import type { Installation, Victim } from './installation';

/** Milliseconds from the kill until it serves again, by victim. */
export type Recoveries = Record<string, number[]>;
type Watch = { lastAllowAt: () => Promise<number>; state: () => Promise<object> };

/** A machine that is busy with other things recovers late; what is lost or not is told either way. */
const PATIENCE_MS = 180_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills each victim so many times, in a random order; the next only when the one before serves again and has been left in peace for a moment. */
export async function killAll(installation: Installation, victims: readonly Victim[], rounds: number, watch: Watch, say: (line: string) => void): Promise<Recoveries> {
  const order = victims.flatMap((victim) => Array.from({ length: rounds }, () => victim)).map((victim) => ({ victim, at: Math.random() })).sort((a, b) => a.at - b.at);
  const recoveries: Recoveries = Object.fromEntries(victims.map((victim) => [victim, []]));
  for (const [i, { victim }] of order.entries()) {
    const pid = installation.pidOf(victim);
    if (!pid) throw new Error(`${victim} is not there to be killed:\n${installation.output().slice(-2_000)}`);
    const said = installation.output().length;
    const at = Date.now();
    process.kill(pid, 'SIGKILL');
    await served(installation, victim, pid, at, said, watch);
    recoveries[victim]!.push(Date.now() - at);
    say(`${i + 1}/${order.length} ${victim} killed, back after ${((Date.now() - at) / 1000).toFixed(2)} s`);
    await wait(500 + Math.random() * 1_500);
  }
  return recoveries;
}

async function served(installation: Installation, victim: Victim, killed: number, at: number, said: number, watch: Watch): Promise<void> {
  const deadline = at + PATIENCE_MS;
  while (Date.now() < deadline) {
    const pid = installation.pidOf(victim);
    if (pid !== undefined && pid !== killed && (await serves(installation, victim, at, said, watch))) return;
    await wait(20);
  }
  throw new Error(`${victim} did not come back in ${PATIENCE_MS / 1000} s:\n${installation.output().slice(-3_000)}\nThe agents: ${JSON.stringify(await watch.state())}`);
}

/** Asked of whom it serves: agents, people, whoever stops; the worker has no door, so its supervisor's word is taken. */
async function serves(installation: Installation, victim: Victim, at: number, said: number, watch: Watch): Promise<boolean> {
  switch (victim) {
    case 'gateway': case 'postgres': return (await watch.lastAllowAt()) > at && (await answers(`${installation.url}/api/ready`));
    case 'console': return answers(`${installation.url}/sign-in`);
    case 'control': return answers(`${installation.controlUrl}/v1/health`);
    case 'worker': return installation.output().slice(said).includes('worker is back');
  }
}

async function answers(url: string): Promise<boolean> {
  try { return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status === 200; } catch { return false; }
}

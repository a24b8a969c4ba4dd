import { closeSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { glueValues } from '@/lib/protocol/glue-values';
import { CountersignError, InvalidRequest } from '../errors';
import type { Environment } from './rules';
import { Supervisor, type SuperviseEnd, type SuperviseOptions } from './supervisor';

export type SuperviseIo = { out(text: string): void; err(text: string): void; env: Environment };

/** Exit codes beside the command's own: nothing that restarts processes by itself should go on after these. */
const EXIT = { usage: 2, failed: 1, stopped: 77, controlLost: 69 } as const;

const usage = `countersign supervise --instance ID (--key-fd N | --key-file FILE) [options] -- COMMAND [ARGUMENT …]

Runs a command in a PID namespace of its own and kills all of it on a stop that control signed, or when control is silent for
longer than the lease. Starts it only once control says that nothing stands against it, and never starts it again.

  --instance ID            the deployment's id, the same after every restart; the command gets it as COUNTERSIGN_INSTANCE_ID
  --key-fd N               read the supervisor key from this descriptor: countersign supervise --key-fd 3 … 3< key
  --key-file FILE          read it from a file that only this user reads
  --url URL                control's address; once for each control process, where there are several (COUNTERSIGN_CONTROL_URL, with
                           commas between them)
  --control-pin PIN        the key of control, given out of band (COUNTERSIGN_CONTROL_PIN)
  --agent ID               take only stops for this agent, whatever control says whose the key is
  --environment NAME       likewise for an environment
  --on-control-loss HOW    kill (default), or pause: everything stands still until control is back
  --uid N, --gid N         run it as another user (the group has the same number unless given): takes a supervisor that root runs
  --no-network             no network at all
  --read-only-root         it writes nothing but --writable PATH (any number) and a /tmp of its own (bubblewrap)
  --limit NAME=N           a limit as prlimit names it, e.g. nofile=1024; any number

What this machine cannot enforce is said at the start. Exit codes: the command's own; 77 stopped by an order, 69 control was lost,
1 failed, 2 wrong use. Have systemd not restart it after a stop: RestartPreventExitStatus=77.
`;

/** Runs one command under supervision; resolves to an exit code when nothing is left of it. */
export async function runSupervise(argv: readonly string[], io: SuperviseIo): Promise<number> {
  const log = (line: string) => { io.err(`countersign supervise: ${line}\n`); };
  if (argv[0] === '--help' || argv[0] === '-h') { io.out(usage); return 0; }
  try {
    const supervisor = await Supervisor.start(readOptions(argv, io.env));
    const away = new Set<string>();
    supervisor.on('started', ({ containment, by }) => {
      log(`started; containment: ${containment === 'process_group' ? 'process group' : 'PID namespace'}${by === 'nothing' ? '' : ` (${by})`}`);
      if (away.size > 0) log(`control at ${[...away].join(', ')} could not be asked before; a stop that it alone knows ends this once it can be reached`);
    });
    supervisor.on('unenforced', ({ what }) => log(what));
    supervisor.on('orderRefused', ({ why }) => log(`an order was not obeyed: ${why}`));
    supervisor.on('halted', ({ order }) => log(`stopped by order ${order.id}`));
    supervisor.on('controlDown', ({ url, why }) => { away.add(url); log(`control at ${url} is out of reach${why ? `: ${why.message}` : '.'}`); });
    supervisor.on('controlUp', ({ url }) => { if (away.delete(url)) log(`control at ${url} answers again`); });
    supervisor.on('paused', () => log('control was silent for longer than the lease; everything stands still until one answers'));
    supervisor.on('resumed', () => log('control is back; it goes on'));
    const pass = (signal: NodeJS.Signals) => { void supervisor.end(signal).catch(() => {}); };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
    try {
      const end = await supervisor.done;
      log(sayEnd(end));
      return exitCode(end);
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, pass);
    }
  } catch (error) {
    log(error instanceof CountersignError || error instanceof TypeError ? error.message : ((error as Error).stack ?? String(error)));
    if (error instanceof InvalidRequest) io.err(`\n${usage}`);
    return error instanceof InvalidRequest ? EXIT.usage : EXIT.failed;
  }
}

function sayEnd({ why, started, evidence, reported, orderId }: SuperviseEnd): string {
  const told = reported ? '' : ' Control could not be told.';
  if (why === 'stopped') return `${started ? `nothing is left of it (${evidence})` : 'it was not started'}: order ${orderId} stands. It is started again by nobody until that is released.${told}`;
  if (why === 'control_lost') return `control was silent for longer than the lease, so it was killed (${evidence}).${told}`;
  return `it has ended (${evidence}).${told}`;
}

function exitCode({ why, code, signal }: SuperviseEnd): number {
  if (why === 'stopped') return EXIT.stopped;
  if (why === 'control_lost') return EXIT.controlLost;
  return code ?? (signal === null ? 0 : 128 + constants.signals[signal]);
}

function readOptions(argv: readonly string[], env: Environment): SuperviseOptions {
  const cut = argv.indexOf('--');
  const command = cut < 0 ? [] : argv.slice(cut + 1);
  if (command.length === 0) throw new InvalidRequest('Give the command to run after "--".');
  const { values } = parse(cut < 0 ? argv : argv.slice(0, cut));
  if (!values.instance) throw new InvalidRequest('Say which deployment this is: --instance. A stop finds it by that id, also after a restart.');
  const controlUrl = values.url ?? env.COUNTERSIGN_CONTROL_URL;
  const controlPin = values['control-pin'] ?? env.COUNTERSIGN_CONTROL_PIN;
  if (!controlUrl || !controlPin) throw new InvalidRequest('Say where control is and what its key is: COUNTERSIGN_CONTROL_URL and COUNTERSIGN_CONTROL_PIN, or --url and --control-pin.');
  const loss = values['on-control-loss'] ?? 'kill';
  if (loss !== 'kill' && loss !== 'pause') throw new InvalidRequest('--on-control-loss takes kill or pause.');
  const file = values['key-file'];
  return {
    controlUrl, controlPin, instanceId: values.instance, command, env, key: readKey(values['key-fd'], file), onControlLoss: loss,
    ...(values.agent ? { agentId: values.agent } : {}), ...(values.environment ? { environment: values.environment } : {}),
    confinement: {
      noNetwork: values['no-network'] ?? false, readOnlyRoot: values['read-only-root'] ?? false, writable: values.writable ?? [], limits: Object.fromEntries((values.limit ?? []).map(readLimit)), hidden: file ? [file] : [],
      ...readUser(values.uid, values.gid),
    },
  };
}

const options = {
  instance: { type: 'string' }, url: { type: 'string', multiple: true }, 'control-pin': { type: 'string' }, 'key-fd': { type: 'string' }, 'key-file': { type: 'string' }, agent: { type: 'string' }, environment: { type: 'string' },
  'on-control-loss': { type: 'string' }, 'no-network': { type: 'boolean' }, 'read-only-root': { type: 'boolean' }, uid: { type: 'string' }, gid: { type: 'string' }, writable: { type: 'string', multiple: true }, limit: { type: 'string', multiple: true },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: glueValues(args, options), strict: true, allowPositionals: false, options });
  } catch (error) {
    throw new InvalidRequest((error as Error).message);
  }
}

/** Never from the environment: whatever is there, the command and everything that looks at its processes could read. */
function readKey(fd: string | undefined, file: string | undefined): string {
  if ((fd === undefined) === (file === undefined)) throw new InvalidRequest('Hand the supervisor key over by --key-fd or by --key-file; it is never taken from the environment, which the command could read.');
  try {
    if (file !== undefined) return readFileSync(file, 'utf8').trim();
    const number = Number(fd);
    if (!Number.isInteger(number) || number < 0) throw new InvalidRequest('--key-fd takes the number of an open descriptor.');
    const key = readFileSync(number, 'utf8').trim();
    closeSync(number);
    return key;
  } catch (error) {
    throw error instanceof InvalidRequest ? error : new InvalidRequest(`The supervisor key cannot be read: ${(error as Error).message}.`);
  }
}

function readUser(uid: string | undefined, gid: string | undefined): { as?: { uid: number; gid: number } } {
  if (uid === undefined && gid === undefined) return {};
  const [user, group] = [uid, gid ?? uid].map((text) => (/^[1-9]\d{0,9}$/.test(text ?? '') && Number(text) < 4_294_967_295 ? Number(text) : undefined));
  if (user === undefined || group === undefined) throw new InvalidRequest('--uid takes the number of a user other than root, and --gid the number of a group (of the same number unless given).');
  return { as: { uid: user, gid: group } };
}

function readLimit(text: string): [string, number] {
  const [, name, value] = /^([a-z]+)=(\d{1,15})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidRequest(`--limit takes NAME=N, and "${text.slice(0, 60)}" is not that.`);
  return [name, Number(value)];
}

import { parseArgs } from 'node:util';
import { z } from 'zod';
import { hostSocketPath } from '@/lib/host-socket';
import { env } from '@/lib/env';
import { callControl, ControlRefusal, type ControlDoor } from './control-client';
import type { CommandIo } from './stop';

export const RELEASE_USAGE = `countersign release [ORDER] --break-glass [--reason TEXT] [--json]

Releasing is for people, in the console: a checklist, and a second person for wide stops. This is the way when no person
can: on the host, at once, recorded and loud. ORDER may be left out while only one order stands. What was stopped stays
stopped; new sessions may open.

Exit code: 0 released, 1 not released, 2 wrong use.
`;

const standingSchema = z.object({ switches: z.array(z.object({ id: z.string(), kind: z.string(), scope: z.string(), target: z.string().nullable(), issuedAt: z.string() })) });
const releasedSchema = z.object({ order: z.looseObject({ id: z.string(), state: z.string() }) });

/** `countersign release`: `argv` is what follows the command's name. Resolves to the exit code and never throws. */
export async function runRelease(argv: readonly string[], io: CommandIo): Promise<number> {
  const json = argv.includes('--json');
  const fail = (message: string, code: number) => { if (json) io.out(`${JSON.stringify({ ok: false, error: message })}\n`); else io.err(`${message}\n`); return code; };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv], allowPositionals: true,
      options: { 'break-glass': { type: 'boolean' }, reason: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) { io.out(RELEASE_USAGE); return 0; }
    if (!values['break-glass'] || positionals.length > 1) return fail(`Release in the console, or break the glass.\n\n${RELEASE_USAGE}`, 2);
    const door: ControlDoor = { kind: 'socket', path: hostSocketPath(env().dataDir, 'control') };
    const id = positionals[0] ?? (await onlyStanding(door, (message) => fail(message, 2)));
    if (typeof id === 'number') return id;
    const { order } = releasedSchema.parse(await callControl(door, 'POST', `/v1/orders/${encodeURIComponent(id)}/release`, { breakGlass: true, ...(values.reason ? { reason: values.reason } : {}) }));
    if (json) io.out(`${JSON.stringify({ ok: true, order })}\n`);
    else io.out(`released   order ${order.id}, by breaking the glass; it is on the record. Stopped sessions stay stopped; new ones may open.\n`);
    return 0;
  } catch (error) {
    if (error instanceof ControlRefusal) return fail(error.message, 1);
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return fail(`${error.message}\n\n${RELEASE_USAGE}`, 2);
    return fail(`The release failed: ${error instanceof Error ? error.message : 'unknown error'}.`, 1);
  }
}

async function onlyStanding(door: ControlDoor, fail: (message: string) => number): Promise<string | number> {
  const { switches } = standingSchema.parse(await callControl(door, 'GET', '/v1/switches'));
  if (switches.length === 1) return switches[0]!.id;
  if (switches.length === 0) return fail('Nothing is stopped.');
  return fail(`Several orders stand; name one:\n${switches.map((one) => `  ${one.id}  ${one.kind} ${one.scope}${one.target ? ` ${one.target}` : ''}, since ${one.issuedAt}`).join('\n')}`);
}

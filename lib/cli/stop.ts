import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { env } from '@/lib/env';
import { curlStop } from '@/lib/protocol/curl-stop';
import { glueValues } from '@/lib/protocol/glue-values';
import { HOLD_MINUTES } from '@/lib/protocol/limits';
import { orderAny } from './any-control';
import { callControl, controlDoors, ControlRefusal, KEY_MISSING, type ControlDoor } from './control-client';

export const STOP_USAGE = `countersign stop --global | --session ID | --instance ID | --agent ID|NAME | --class NAME
                [--pause] [--hold MINUTES|--no-hold] [--reason TEXT] [--environment NAME]
                [--url URL … --key KEY] [--wait SECONDS] [--json]

Stops at once and latches: pressing twice is harmless, and only people release. On the host it needs no key; from elsewhere
give --url (control's address, once for each control process) and --key (or COUNTERSIGN_CONTROL_KEY). With a key it tries each of
CONTROL_URLS when the host's own control does not answer. Then it waits for the proof: ordered, fenced, confirmed.

  --pause          the gentle way: sessions keep their state and can go on after the release.
  --hold MINUTES   with --session or --instance: for so long no new session of its agent opens either (${HOLD_MINUTES}, at most 60).
  --no-hold        stop that one alone.
  --wait SECONDS   how long to wait for the confirmation (60; 0: don't wait). The stop holds either way.
  --json           one JSON object on the last line.

Exit code: 0 confirmed (or engaged, with --wait 0), 1 not engaged, 2 wrong use, 3 engaged but not confirmed in time.
`;

/** Where a command writes; text comes with its line feeds. */
export type CommandIo = { out(text: string): void; err(text: string): void };

const options = {
  global: { type: 'boolean' }, session: { type: 'string' }, instance: { type: 'string' }, agent: { type: 'string' }, class: { type: 'string' }, pause: { type: 'boolean' }, hold: { type: 'string' }, 'no-hold': { type: 'boolean' },
  reason: { type: 'string' }, environment: { type: 'string' }, url: { type: 'string', multiple: true }, key: { type: 'string' }, wait: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
} as const;

const engagedSchema = z.object({
  order: z.object({ id: z.string(), scope: z.string(), target: z.string().nullable(), environment: z.string().nullable(), issuedAt: z.string() }),
  orderJws: z.string(), durability: z.enum(['database', 'journal']),
  matched: z.object({ sessions: z.number(), instances: z.number() }).nullable(), cancelledApprovals: z.number().nullable(), holdUntil: z.string().optional(),
});
const detailSchema = z.object({
  targets: z.array(z.object({ sessionId: z.string(), state: z.string() })),
  counts: z.record(z.string(), z.number()).optional(), fencedAt: z.string().optional(), confirmedAt: z.string().optional(),
  outstandingPermits: z.array(z.object({ tool: z.string(), until: z.string() })),
});
type Detail = z.infer<typeof detailSchema>;

const EXIT = { confirmed: 0, failed: 1, usage: 2, unconfirmed: 3 } as const;

/** `countersign stop`: `argv` is what follows the command's name. Resolves to the exit code and never throws. */
export async function runStop(argv: readonly string[], io: CommandIo): Promise<number> {
  const json = argv.includes('--json');
  const fail = (message: string, code: number) => { if (json) io.out(`${JSON.stringify({ ok: false, error: message })}\n`); else io.err(`${message}\n`); return code; };
  try {
    const { values } = parseArgs({ args: glueValues(argv, options), options, allowPositionals: false });
    if (values.help) { io.out(STOP_USAGE); return 0; }
    const scopes = (['global', 'session', 'instance', 'agent', 'class'] as const).filter((scope) => values[scope] !== undefined);
    const [scope] = scopes;
    if (!scope || scopes.length > 1) return fail(`Say what to stop, and one thing only.\n\n${STOP_USAGE}`, EXIT.usage);
    const waitMs = values.wait === undefined ? 60_000 : Number(values.wait) * 1_000;
    if (!(waitMs >= 0)) return fail('--wait takes a number of seconds.', EXIT.usage);
    const hold = holdOf(values, scope);
    if (typeof hold === 'string') return fail(hold, EXIT.usage);
    const doors = controlDoors(values.url, values.key);
    if (doors.length === 0) return fail(KEY_MISSING, EXIT.usage);
    const target = scope === 'global' ? undefined : values[scope];
    const plain = { scope, ...(target === undefined ? {} : { target }), ...(values.environment ? { environment: values.environment } : {}), ...(values.reason ? { reason: values.reason } : {}) };
    const path = values.pause ? '/v1/switches/pause' : '/v1/switches/engage';
    const say = json ? () => {} : (line: string) => io.out(`${line}\n`);

    const from = performance.now();
    let body: object = hold === undefined ? plain : { ...plain, holdMinutes: hold };
    const { door, answer } = await orderAny(doors, path, body).catch((error: unknown) => {
      // A control of an earlier version knows no hold; nobody asked for this one by name, and the stop goes before it.
      if (hold === undefined || values.hold !== undefined || !(error instanceof ControlRefusal) || error.code !== 'invalid') throw error;
      body = plain;
      return orderAny(doors, path, plain);
    });
    const engaged = engagedSchema.parse(answer);
    say(`ordered    ${since(from)}  ${values.pause ? 'pause' : 'stop'} of ${target ? `${scope} ${target}` : 'everything'}, order ${engaged.order.id}`);
    if (engaged.durability === 'journal') say('           the database is away: the order is signed and in control\'s journal; gateways answer nothing meanwhile');
    if (engaged.matched) say(`           hits ${count(engaged.matched.sessions, 'session')} on ${count(engaged.matched.instances, 'instance')}; ${count(engaged.cancelledApprovals ?? 0, 'approval')} cancelled`);
    if (engaged.holdUntil !== undefined) say(`           no new session of its agent opens before ${engaged.holdUntil}; a responder can end that sooner`);
    else if (hold !== undefined) say(`           nothing new is held: ${body === plain ? 'this control is of an earlier version' : 'nobody knows whose that is'}`);
    if (engaged.matched?.sessions === 0 && scope !== 'global' && scope !== 'class') say('           nothing like that is running now; a new session in this scope is born stopped. Is the id right?');
    say(`           the same from anywhere: ${curlStop(door.kind === 'url' ? doors.flatMap((one) => (one.kind === 'url' ? one.url : [])) : env().controlUrlsOutside, body, values.pause ? 'pause' : 'engage')}`);
    const proof = waitMs > 0 ? await follow([door, ...doors.filter((one) => one !== door)], engaged.order.id, from, waitMs, say) : undefined;
    if (json) io.out(`${JSON.stringify({ ok: true, ...engaged, fencedAt: proof?.fencedAt ?? null, confirmedAt: proof?.confirmedAt ?? null, ...(proof?.counts ? { targets: proof.counts } : {}) })}\n`);
    if (waitMs === 0 || proof?.confirmedAt) return EXIT.confirmed;
    say(`not confirmed within ${waitMs / 1_000} s; the stop holds all the same. Follow it in the console, or: countersign stop again, which answers the same order.`);
    return EXIT.unconfirmed;
  } catch (error) {
    if (error instanceof ControlRefusal) return fail(error.message, EXIT.failed);
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return fail(`${error.message}\n\n${STOP_USAGE}`, EXIT.usage);
    return fail(`The stop could not be given: ${error instanceof Error ? error.message : 'unknown error'}.`, EXIT.failed);
  }
}

/** Prints each step of the proof as it comes, until the stop is confirmed or the time is over. */
async function follow(doors: readonly ControlDoor[], id: string, from: number, waitMs: number, say: (line: string) => void): Promise<Detail | undefined> {
  let seen: Detail | undefined;
  for (let at = 0; ;) {
    try {
      const detail = detailSchema.parse(await callControl(doors[at % doors.length]!, 'GET', `/v1/orders/${id}`));
      if (detail.fencedAt && !seen?.fencedAt) say(`fenced     ${since(from)}  every gateway refuses`);
      const tally = tallyOf(detail);
      if (detail.fencedAt && tally !== (seen && tallyOf(seen)) && tally) say(`           ${since(from)}  ${tally}`);
      seen = detail;
      if (detail.confirmedAt) {
        say(`confirmed  ${since(from)}  ${tally || 'nothing was running'}`);
        for (const call of detail.outstandingPermits) say(`           cannot be recalled: ${call.tool}, permitted until ${call.until}`);
        return detail;
      }
    } catch (error) {
      // The database may be away for a while; the stop stands in the journal, and the proof waits.
      // Another one does not know the order before the database does, so the one that took it is asked again in turn.
      const elsewhere = doors.length > 1 && error instanceof ControlRefusal && error.code === 'not_found';
      if (!elsewhere && (!(error instanceof ControlRefusal) || error.code !== 'unavailable')) throw error;
      at++;
    }
    if (performance.now() - from > waitMs) return seen;
    await pause(100);
  }
}

const tallyOf = (detail: Detail) => Object.entries(detail.counts ?? {}).filter(([, n]) => n > 0).map(([state, n]) => `${n} ${state.replaceAll('_', ' ')}`).join(', ');
const since = (from: number) => `${((performance.now() - from) / 1_000).toFixed(2).padStart(6)} s`;
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** For how long new sessions are held with it, as the panel does by itself; undefined for none, a sentence where it was not asked rightly. */
function holdOf(values: { hold?: string; 'no-hold'?: boolean; pause?: boolean }, scope: string): number | undefined | string {
  const narrow = (scope === 'session' || scope === 'instance') && !values.pause;
  if (values.hold === undefined) return narrow && !values['no-hold'] ? HOLD_MINUTES : undefined;
  if (values['no-hold']) return 'Give --hold or --no-hold, not both.';
  if (!narrow) return 'Only a stop of one session or instance takes --hold: a wider one holds what is new by itself, and a pause lets it go on.';
  const minutes = /^[0-9]{1,2}$/.test(values.hold) ? Number(values.hold) : 0;
  return minutes >= 1 && minutes <= 60 ? minutes : '--hold takes a whole number of minutes from 1 to 60.';
}

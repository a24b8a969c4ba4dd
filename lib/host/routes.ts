import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { authorise, createPerson, createToken, listPeople, listRoles, listTeams, makeSetupLink } from '@/lib/access';
import { createAgent, disableAgent, enableAgent, listAgents, rotateAgentSecret } from '@/lib/agents';
import { caseFromSession, recordAttackRun } from '@/lib/attacks';
import type { AttackRun } from '@/lib/attacks/schema';
import { beginBackup, sealBackup } from '@/lib/backup';
import { makeContext, type Context, type Role } from '@/lib/context';
import { demoState, startDemo, stopDemo, type StartDemo } from '@/lib/demo';
import { getDrill, runDrill } from '@/lib/drills';
import { env } from '@/lib/env';
import { notFound, unavailable } from '@/lib/errors';
import { exportLog, type Checkpoints } from '@/lib/log';
import type { HostRoute } from '@/lib/host-door';
import { listKeys } from '@/lib/keys';
import { carryOutErasures, eraseSession, sessionErasure, type EraseSession } from '@/lib/payloads';
import { parseInput } from '@/lib/parse-input';
import { activePolicies, bundleOf } from '@/lib/policies';
import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { publicKeyText, type KeyProvider } from '@/lib/signing';
import { createSupervisorKey, listSupervisorKeys, revokeSupervisorKey } from '@/lib/supervisors';
import { createControlKey, listControlKeys, revokeControlKey } from '@/lib/switches';

/** `controlKeys` are read anew each time: control makes them, and may rotate them. */
export type HostDeps = { checkpoints: Checkpoints; keys: KeyProvider; /** What anybody may know of every key. */ knownKeys: KeyProvider; controlKeys(): Iterable<VerificationKey>; publicUrl: string; source: string; retentionUrl?: string | undefined };

const nothing = z.strictObject({});
const whichAgent = z.strictObject({ agent: z.string().min(1) });
const rotation = whichAgent.extend({ overlapMs: z.int().min(0).max(7 * 86_400_000).optional() });
const newPerson = z.strictObject({ email: z.string(), name: z.string(), role: z.string() });

/** Every command that needs the running worker, by its name; each calls a verb, which does its own checks. */
export function hostRoutes(deps: HostDeps): Record<string, HostRoute> {
  const answer = (run: (ctx: Context, input: unknown) => Promise<object>): HostRoute => ({ kind: 'answer', run });
  return {
    'agent-create': answer(async (ctx, input) => {
      const controlPin = pinOf(deps);
      const { clientId, clientSecret, name } = await createAgent(ctx, input as Parameters<typeof createAgent>[1]);
      return { clientId, clientSecret, controlPin, name, url: deps.publicUrl };
    }),
    'agent-list': answer(async (ctx, input) => {
      authorise(ctx, 'agent.read');
      parseInput(nothing, input);
      return { agents: await listAgents() };
    }),
    'agent-disable': answer(async (ctx, input) => {
      const id = await agentId(ctx, parseInput(whichAgent, input).agent);
      await disableAgent(ctx, id);
      return { clientId: id };
    }),
    'agent-enable': answer(async (ctx, input) => {
      const id = await agentId(ctx, parseInput(whichAgent, input).agent);
      await enableAgent(ctx, id);
      return { clientId: id };
    }),
    'agent-rotate': answer(async (ctx, input) => {
      const { agent, overlapMs } = parseInput(rotation, input);
      return { ...(await rotateAgentSecret(ctx, await agentId(ctx, agent), overlapMs)), controlPin: pinOf(deps) };
    }),
    'token-create': answer((ctx, input) => createToken(ctx, input as Parameters<typeof createToken>[1])),
    'user-create': answer(async (ctx, input) => {
      const { email, name, role } = parseInput(newPerson, input);
      const { person, link } = await createPerson(ctx, { email, name, roles: [role as Role] });
      return { personId: person.id, email: person.email, link: `${deps.publicUrl}${link.path}`, expiresAt: link.expiresAt };
    }),
    'user-link': answer(async (ctx, input) => {
      const { email } = parseInput(z.strictObject({ email: z.string() }), input);
      const person = (await listPeople(ctx)).find((one) => one.email === email.trim().toLowerCase());
      if (!person) throw notFound(`There is no person with the address ${email}.`);
      const link = await makeSetupLink(ctx, person.id);
      return { personId: person.id, email: person.email, link: `${deps.publicUrl}${link.path}`, expiresAt: link.expiresAt };
    }),
    'user-list': answer(async (ctx, input) => {
      parseInput(nothing, input);
      return { people: await listPeople(ctx) };
    }),
    'role-list': answer(async (ctx, input) => { parseInput(nothing, input); return { roles: await listRoles(ctx) }; }),
    'team-list': answer(async (ctx, input) => { parseInput(nothing, input); return { teams: await listTeams(ctx) }; }),
    'control-key-create': answer((ctx, input) => createControlKey(ctx, input)),
    'control-key-revoke': answer((ctx, input) => revokeControlKey(ctx, input)),
    'control-key-list': answer(async (ctx, input) => {
      parseInput(nothing, input);
      return { keys: await listControlKeys(ctx) };
    }),
    'supervisor-key-create': answer(async (ctx, input) => {
      const controlPin = pinOf(deps);
      return { ...(await createSupervisorKey(ctx, input)), controlPin, url: env().controlUrlsOutside.join(',') };
    }),
    'supervisor-key-revoke': answer((ctx, input) => revokeSupervisorKey(ctx, input)),
    'supervisor-key-list': answer(async (ctx, input) => {
      parseInput(nothing, input);
      return { keys: await listSupervisorKeys(ctx) };
    }),
    'keys-list': answer(async (ctx, input) => { parseInput(nothing, input); return { keys: await listKeys(ctx, deps.knownKeys) }; }),
    'demo-start': answer((ctx, input) => startDemo(ctx, input as StartDemo)),
    'demo-stop': answer(async (ctx, input) => { parseInput(nothing, input); return stopDemo(ctx); }),
    'demo-status': answer(async (ctx, input) => {
      authorise(ctx, 'session.read');
      parseInput(nothing, input);
      return demoState();
    }),
    'drill-run': answer((ctx, input) => runDrill(ctx, input)),
    'drill-show': answer(async (ctx, input) => {
      authorise(ctx, 'switch.read');
      const drill = await getDrill(parseInput(z.strictObject({ drill: z.string() }), input).drill);
      if (!drill) throw notFound('There is no such drill.');
      return { drill };
    }),
    'session-erase': answer(async (ctx, input) => {
      const asked = await eraseSession(ctx, input as EraseSession);
      // Here is who carries it out: whoever asks on the command line hears that it is done.
      await carryOutErasures(makeContext({ kind: 'system', process: 'worker' }), deps.retentionUrl);
      // Whichever worker was the faster one: this is what came of it.
      return { ...asked, payloads: (await sessionErasure(ctx, asked.sessionId))!.payloads };
    }),
    'attack-bundle': answer(async (ctx, input) => {
      authorise(ctx, 'policy.read');
      parseInput(nothing, input);
      const active = await activePolicies();
      const bundle = active && await bundleOf(active.sequence);
      if (!bundle) throw unavailable('No bundle is in force yet, so that there is nothing to run the suite against.');
      return { bundle, sha256: active.sha256 };
    }),
    'attack-record': answer((ctx, input) => recordAttackRun(ctx, input as AttackRun)),
    'attack-case': answer(async (ctx, input) => ({ case: await caseFromSession(ctx, input as Parameters<typeof caseFromSession>[1]) })),
    'backup-begin': answer(async (ctx, input) => { parseInput(nothing, input); return beginBackup(ctx, deps); }),
    'backup-seal': answer((ctx, input) => sealBackup(ctx, deps.keys, input)),
    'log-export': {
      kind: 'stream',
      async run(ctx, input, response) {
        authorise(ctx, 'log.export');
        await exportLog(ctx, { checkpoints: deps.checkpoints, keys: deps.keys, source: deps.source }, input, async (chunk, about) => {
          if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson', 'countersign-export': JSON.stringify(about) });
          if (response.destroyed) throw unavailable('Whoever asked for the export is gone.');
          if (!response.write(chunk)) await drained(response);
        });
        response.end();
      },
    },
  };
}

/** What agents and their clients pin: control's public key, by which they know a real order. */
function pinOf({ controlKeys }: HostDeps): string {
  const live = [...controlKeys()];
  if (live.length === 0) throw unavailable('Control has not made its key yet, and agents need its public half. Start control, then try again.');
  return live.map(({ jwk }) => publicKeyText(jwk)).join(',');
}

/** An agent by its id or its name. */
async function agentId(ctx: Context, idOrName: string): Promise<string> {
  authorise(ctx, 'agent.read');
  const agent = (await listAgents()).find(({ id, name }) => id === idOrName || name === idOrName);
  if (!agent) throw notFound(`There is no agent "${idOrName}". "countersign agent list" shows them all.`);
  return agent.id;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => { response.off('drain', done); response.off('close', done); resolve(); };
    response.on('drain', done);
    response.on('close', done);
  });
}

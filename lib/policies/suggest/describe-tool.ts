import { escapeStep } from '@/lib/protocol/json-pointer';
import type { RegistryToolInput } from '@/lib/protocol/registry';
import { compared } from './write-rules';
import type { ToolProfile } from './read-tool';
import type { DescribedTool } from './schema';
import type { Verdict } from './weigh-tool';
import { nameWords, plain } from './words';

const operations: Record<ToolProfile['act'], string> = { read: 'read', write: 'write', send: 'send', pay: 'pay', delete: 'delete', execute: 'execute', access: 'change-access', control: 'control', manage: 'manage', unknown: 'call' };
const classes: Record<ToolProfile['act'], string[]> = {
  read: ['read-only'], write: ['internal-write'], send: ['external-communication'], pay: ['financial'], delete: ['destructive'], execute: ['code-execution'],
  access: ['account-change'], control: ['physical-control'], manage: ['internal-write'], unknown: ['unclassified'],
};
const undo: Record<ToolProfile['act'], string> = {
  read: 'Nothing to undo: it only reads.', write: 'Whether it can be undone depends on where it is kept.', send: 'What was sent to others cannot be recalled.', pay: 'Money or an obligation has to be asked back.',
  delete: 'What is gone is gone unless it is kept elsewhere.', execute: 'What a command did may not be undone.', access: 'Who got in meanwhile may have used it; take it back by hand.', control: 'It takes effect at once.',
  manage: 'Whether it can be undone depends on what it does.', unknown: 'Nothing is known about undoing this.',
};
const graver = new Set(['pay', 'delete', 'execute']);

/** A tool's entry in the registry: its class, how the gate reads its arguments, and a sentence for people. */
export function describeTool(tool: DescribedTool, schema: Record<string, unknown>, profile: ToolProfile, verdict: Verdict, toolset: string): RegistryToolInput {
  const held = new Set(verdict.effect === 'clean' || verdict.effect === 'own' ? verdict.arguments : []);
  const formats: NonNullable<RegistryToolInput['formats']> = {};
  for (const one of profile.arguments) {
    const pointer = `/${escapeStep(one.name)}`;
    if (one.name === '' || pointer.length > 256 || /[\r\n\u2028\u2029]/.test(pointer)) continue;
    // What no rule compares need not be readable: a coordinate with nine decimals is no reason to refuse a call.
    if (!held.has(one) || !compared(one)) formats[pointer] = 'opaque';
    else if (one.format !== undefined) formats[pointer] = one.format;
  }
  const hints = Object.fromEntries(Object.entries(tool.annotations ?? {}).filter(([name, value]) => name.endsWith('Hint') && typeof value === 'boolean' && ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'].includes(name)));
  const description = tool.description === undefined ? undefined : plain(tool.description.slice(0, 4_000)).replace(/\p{Surrogate}/gu, '\ufffd').slice(0, 1_000);
  return {
    name: tool.name,
    toolset,
    operation: operations[profile.act],
    classes: [...classes[profile.act], ...(profile.act === 'read' && (profile.secrecy === 'personal' || profile.secrecy === 'secret') ? ['data-access'] : []), ...(profile.secrecy === 'secret' ? ['credentials'] : [])],
    ...(description ? { description } : {}),
    inputSchema: schema,
    formats,
    annotations: hints,
    redeem: graver.has(profile.act) ? 'required' : 'optional',
    display: displayOf(profile),
  };
}

function displayOf(profile: ToolProfile): NonNullable<RegistryToolInput['display']> {
  const all = nameWords(profile.name);
  const spoken = (all.join(' ') || profile.name).slice(0, 120);
  const place = (roles: readonly string[]) => profile.arguments.find((one) => roles.includes(one.role) && /^[A-Za-z_][A-Za-z0-9_]{0,60}$/.test(one.name))?.name;
  const to = place(['recipient', 'account', 'url', 'path']);
  const what = place(['target', 'amount', 'query', 'content', 'other']);
  const capital = spoken.charAt(0).toUpperCase() + spoken.slice(1);
  return {
    title: `${capital}${what ? `: {${what}}` : ''}${to ? ` (${to} {${to}})` : ''}`,
    verb: (profile.word ?? 'call').slice(0, 40),
    object: spoken,
    ...(to ? { destination: `{${to}}` } : {}),
    undo: undo[profile.act],
  };
}

import type { RegistryToolInput } from '@/lib/protocol/registry';
import { toolNameSchema } from '@/lib/protocol/primitives';
import type { BundleInput } from '../schema';
import { describeTool } from './describe-tool';
import { readGoal } from './read-goal';
import { readTool, sharedPrefixes, type ToolProfile } from './read-tool';
import { compiler, usableSchema } from './usable-schema';
import type { DescribedTool } from './schema';
import { servingOf, standardLeeway, weighTool, type Leeway } from './weigh-tool';
import { rulesFor } from './write-rules';
import { plain } from './words';

/** What a generated policy says about one tool. */
export type ToolSuggestion = { name: string; act: ToolProfile['act']; secrecy: ToolProfile['secrecy']; effect: 'allow' | 'ask' | 'deny' | 'allow-or-ask'; reason: string };
/** Parts of a bundle, with what a person should look at before they are published. */
export type Suggestion = { tools: RegistryToolInput[]; policies: BundleInput['policies']; routes: BundleInput['routes']; verdicts: ToolSuggestion[]; notes: string[] };

const mostTools = 5_000;
const changeRoute = 'suggested';
const graveRoute = 'suggested-grave';

/**
 * The least that a goal needs of a list of tools, as rules: what serves it may run, what is beside it is asked or denied, and what matters in a
 * changing call must be the user's own. Without a goal, reading may run and all else is asked. Deterministic; no network, no model.
 */
export function suggestPolicy({ goal, tools }: { goal?: string | undefined; tools: readonly DescribedTool[] }, leeway: Leeway = standardLeeway): Suggestion {
  if (tools.length > mostTools) throw new RangeError(`A bundle holds ${mostTools} tools at most.`);
  const read = readGoal(goal);
  const shared = sharedPrefixes(tools.map((tool) => tool.name));
  const compiles = compiler();
  const suggestion: Suggestion = { tools: [], policies: {}, routes: routes(), verdicts: [], notes: [] };
  const seen = new Set<string>();
  const taken: { tool: DescribedTool; index: number; schema: Record<string, unknown>; profile: ToolProfile }[] = [];
  const note = (name: string, text: string) => suggestion.notes.push(`${plain(name).replace(/\p{C}/gu, '\ufffd').slice(0, 120)}: ${text}`);
  tools.forEach((tool, index) => {
    if (!toolNameSchema.safeParse(tool.name).success) return note(tool.name, 'left out, so every call of it is denied: the registry takes names of ASCII letters, digits and "_.-/" only, at most 128 of them.');
    if (seen.has(tool.name)) return note(tool.name, 'is listed twice; the first was taken. Two servers with one name need a prefix.');
    seen.add(tool.name);
    const usable = usableSchema(tool.inputSchema, compiles);
    if (!usable) return note(tool.name, 'left out, so every call of it is denied: its schema names a field that is reserved or unreadable.');
    if (usable.note) note(tool.name, `${usable.note}. Write its arguments down, so that rules can be about them.`);
    taken.push({ tool, index, schema: usable.schema, profile: readTool(tool, usable.schema, shared) });
  });
  const serving = servingOf(taken.map(({ profile }) => profile), read);
  for (const { tool, index, schema, profile } of taken) {
    const verdict = weighTool(profile, read, serving, leeway);
    const rules = rulesFor(tool.name, ruleId(tool.name, index), verdict, grave(profile) ? graveRoute : changeRoute, read.literals);
    for (const [id, text] of Object.entries(rules)) suggestion.policies[id] = { text };
    suggestion.tools.push(describeTool(tool, schema, profile, verdict, toolsetOf(profile)));
    const mayRun = verdict.effect === 'clean' || verdict.effect === 'own';
    const conditional = mayRun && Object.keys(rules).length > 1;
    suggestion.verdicts.push({ name: tool.name, act: profile.act, secrecy: profile.secrecy, effect: mayRun ? (conditional ? 'allow-or-ask' : 'ask') : verdict.effect, reason: verdict.reason });
    if (profile.stricterBecause) note(tool.name, `taken for more than its name says: ${profile.stricterBecause}.`);
    if (profile.act === 'unknown') note(tool.name, 'nothing tells whether it changes anything; give it its class by hand.');
    if (profile.harm) note(tool.name, 'is named after something harmful; does an agent need it at all?');
    if (profile.act === 'read' && profile.secrecy === 'secret') note(tool.name, 'reads what opens doors.');
  }
  if (!read.none && read.delegates) suggestion.notes.push('The goal leaves to a text what is to be done, so no changing tool runs without a person. Say what it is to do, and the rules can be narrower.');
  if (!read.none && read.asks.size === 0 && !read.onlyReads) suggestion.notes.push('No word of the goal says what is to be done. Begin with a verb ("Send …", "Find …"), and the rules can be narrower.');
  if (suggestion.tools.some((tool) => tool.redeem === 'required')) suggestion.notes.push('Tools that pay, delete or execute want their permits redeemed (redeem: required): serve them by the proxy, or let the tool server redeem.');
  return suggestion;
}

const grave = ({ act, secrecy }: ToolProfile): boolean => ['pay', 'delete', 'execute', 'access', 'control'].includes(act) || secrecy === 'secret';

/** Ids are short, lower case and never alike: names may differ in case alone. */
const ruleId = (name: string, index: number): string => `suggested.${String(index + 1).padStart(3, '0')}-${name.toLowerCase().replace(/[^a-z0-9._-]/g, '-').slice(0, 80)}`;

function toolsetOf({ service }: ToolProfile): string {
  const name = service.join('-').toLowerCase().replace(/[^a-z0-9-]/g, '').replace(/^-+|-+$/g, '').slice(0, 60);
  return name === '' ? 'suggested' : name;
}

const minute = 60_000;
function routes(): BundleInput['routes'] {
  const common = { groups: [{ role: 'responder', quorum: 1 }], stepUp: false } as const;
  return {
    [changeRoute]: { ...common, groups: [...common.groups], description: 'Calls that a generated policy leaves to a person.', decideByMs: 15 * minute, useByMs: 10 * minute, reasonRequired: false, ownerCounts: true, risk: 'medium' },
    [graveRoute]: { ...common, groups: [...common.groups], description: 'Money, deleting, commands, access and secrets that a generated policy leaves to a person.', decideByMs: 15 * minute, useByMs: 5 * minute, reasonRequired: true, ownerCounts: false, risk: 'high' },
  };
}

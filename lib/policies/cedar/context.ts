import type { Finding, Origin, Provenance } from '@/lib/protocol/decision';
import { topOf } from '@/lib/protocol/json-pointer';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Needs } from './needs';
import { pick } from './needs';
import { boolType, longType, recordOf, setOf, stringType, type CedarRecord, type CedarValue, type ValueType } from './value-type';

/** Who acts, as far as rules may know. */
export type PolicyPrincipal = { sessionId: string; instanceId: string; agentId: string; agentName: string; groups?: readonly string[] };

/** Everything a rule can be about, beside the tool itself. Durations and costs are what was already used, this call included in the counts. */
export type PolicyRequest = {
  tool: string;
  /** From `readFacts`. */
  facts: CedarRecord;
  principal: PolicyPrincipal;
  session: { untrustedSeen: boolean; enforced: boolean; principalType: 'user' | 'service' | 'none'; principalVerified: boolean; behaviourScore: number; /** Something suspicious was seen in it, so that it is held to less. */ constrained?: boolean };
  provenance: Provenance;
  findings: readonly Pick<Finding, 'detector' | 'kind' | 'severity'>[];
  budgets: { callsThisMinute: number; callsThisSession: number; sessionCostMinor: number; dayCostMinor: number };
  /** `stable`: it is the plan that the session followed before it read untrusted input, or the only one. */
  plan: { submitted: boolean; conforms: boolean; stable: boolean };
  /** How the call differs from what its agent usually does; without it there is no history to compare with. */
  behaviour?: { history: boolean; firstSeenTool: boolean; firstSeenDestination: boolean; /** Arguments that lead where the agent never sent anything. */ firstSeenIn: readonly string[]; reasons: readonly string[] };
  environment: string;
  now: Date;
};

/** Text from these sources may carry somebody else's instructions; what a model wrote may, once it has read any of it. */
export const isUntrusted = (origin: Origin, untrustedSeen: boolean): boolean => (origin === 'model' ? untrustedSeen : origin !== 'operator' && origin !== 'user');

const trustOrder: Record<Origin | 'none', number> = { none: 0, operator: 1, user: 2, model: 3, memory: 4, agent: 5, document: 6, tool: 7 };
const severityRank = { info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;

const sectionTypes = {
  findings: recordOf({ kinds: setOf(stringType), detectors: setOf(stringType), worst: longType }),
  budgets: recordOf({ callsThisMinute: longType, callsThisSession: longType, sessionCostMinor: longType, dayCostMinor: longType }),
  environment: recordOf({ name: stringType, hour: longType, weekday: longType }),
  session: recordOf({ untrustedSeen: boolType, enforced: boolType, principalType: stringType, principalVerified: boolType, behaviourScore: longType, constrained: boolType }),
  plan: recordOf({ submitted: boolType, conforms: boolType, stable: boolType }),
  behaviour: recordOf({ history: boolType, firstSeenTool: boolType, firstSeenDestination: boolType, firstSeenIn: setOf(stringType), reasons: setOf(stringType) }),
  tainted: setOf(stringType),
} satisfies Record<string, ValueType>;

/** The type of the whole context for one tool; `provenance` has a field for each of its arguments. */
export function contextType(argumentNames: readonly string[], args: ValueType): ValueType & { kind: 'record' } {
  return recordOf({ ...sectionTypes, args, provenance: recordOf(Object.fromEntries(argumentNames.map((name) => [name, stringType]))) }) as ValueType & { kind: 'record' };
}

/** The names that have an origin: the tool's top-level arguments. */
export function argumentNames(tool: RegistryTool): string[] {
  const { properties } = tool.inputSchema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** The context that a slice reads, and nothing else of it. */
export function contextFor(request: PolicyRequest, needs: Needs, names: readonly string[]): CedarRecord {
  const context: Record<string, CedarValue> = {};
  if (needs.whole) {
    for (const section of Object.keys(sections)) context[section] = sections[section as keyof typeof sections](request, names);
    return context;
  }
  for (const [section, inner] of needs.fields) {
    const build = Object.hasOwn(sections, section) ? sections[section as keyof typeof sections] : undefined;
    if (build) context[section] = pick(build(request, names), inner);
  }
  return context;
}

const sections: Record<keyof typeof sectionTypes | 'args' | 'provenance', (request: PolicyRequest, names: readonly string[]) => CedarValue> = {
  args: (request) => request.facts,
  session: ({ session }) => ({ ...session, constrained: session.constrained ?? false }),
  budgets: (request) => request.budgets,
  plan: (request) => request.plan,
  behaviour: ({ behaviour }) => (behaviour ? { ...behaviour } : { history: false, firstSeenTool: false, firstSeenDestination: false, firstSeenIn: [], reasons: [] }),
  environment: ({ environment, now }) => ({ name: environment, hour: now.getUTCHours(), weekday: now.getUTCDay() === 0 ? 7 : now.getUTCDay() }),
  findings: ({ findings }) => ({
    kinds: [...new Set(findings.map((finding) => finding.kind))],
    detectors: [...new Set(findings.map((finding) => finding.detector))],
    worst: findings.reduce((worst, finding) => Math.max(worst, severityRank[finding.severity]), 0),
  }),
  provenance: (request, names) => Object.fromEntries(names.map((name) => [name, worstOrigins(request).get(name) ?? 'none'])),
  tainted: (request) => [...worstOrigins(request)].filter(([, origin]) => isUntrusted(origin, request.session.untrustedSeen)).map(([name]) => name),
};

/** By top-level argument, the least trusted origin of any text in it. */
function worstOrigins(request: PolicyRequest): Map<string, Origin> {
  const worst = new Map<string, Origin>();
  for (const [pointer, source] of Object.entries(request.provenance)) {
    const name = topOf(pointer);
    for (const origin of [source.origin, ...source.also.map((other) => other.origin)]) {
      if (trustOrder[origin] > trustOrder[worst.get(name) ?? 'none']) worst.set(name, origin);
    }
  }
  return worst;
}

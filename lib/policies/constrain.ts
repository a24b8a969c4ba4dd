import { severities, type Finding } from '@/lib/protocol/decision';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Constraint } from '@/lib/sessions/schema';
import type { Outcome } from './cedar/evaluate';
import { mergeRoutes } from './cedar/merge-routes';
import { measures, usualConstrained, type ConstrainedMode, type LookedAt, type Measure } from './constrained-mode';
import { riskLevels, type Bundle } from './schema';

/** What stands in the place of a rule's id, where decisions name what they go by. */
export const CONSTRAINED_RULE = 'constrained';

type Seen = { verdict: 'clean' | 'flagged' | 'blocked'; findings: readonly Finding[] };
const verdicts = ['clean', 'flagged', 'blocked'] as const;

/** The finding by which a text constrains the session that reads or writes it, the gravest of several; undefined where nothing does. */
export function constrainingFinding({ constrained = usualConstrained }: Pick<Bundle, 'constrained'>, seen: Seen, where: LookedAt): Finding | undefined {
  const meant = seen.findings.filter((finding) => constrained.when.some((when) => holds(when, finding, seen, where)));
  return meant.reduce<Finding | undefined>((worst, one) => (worst === undefined || gravity(one) > gravity(worst) ? one : worst), undefined);
}

function holds(when: ConstrainedMode['when'][number], finding: Finding, { verdict }: Seen, where: LookedAt): boolean {
  return (when.in === undefined || when.in.includes(where))
    && (when.verdict === undefined || verdicts.indexOf(verdict) >= verdicts.indexOf(when.verdict))
    && (when.detectors === undefined || when.detectors.includes(finding.detector))
    && (when.kinds === undefined || when.kinds.includes(finding.kind))
    && (when.minSeverity === undefined || severities.indexOf(finding.severity) >= severities.indexOf(when.minSeverity))
    && (when.minScore === undefined || (finding.score ?? 1) >= when.minScore);
}

const gravity = ({ severity, score }: Finding): number => severities.indexOf(severity) * 2 + (score ?? 1);

/**
 * What the rules said, for a session that is constrained. It only ever narrows: what they deny stays denied, what they ask is asked by
 * the route of the constrained as well, and what they allow goes on, is asked or denied as the bundle says of the tool.
 */
export function constrain(outcome: Outcome, tool: RegistryTool, bundle: Bundle, why: Constraint): Outcome {
  if (outcome.effect !== 'permit' && outcome.effect !== 'ask') return outcome;
  const mode = bundle.constrained ?? usualConstrained;
  const wanted = measureOf(mode, tool);
  if (wanted === 'allow') return outcome;
  const route = mode.route !== undefined && Object.hasOwn(bundle.routes, mode.route) ? mode.route : usualRoute(bundle);
  // Without a way to ask nobody can be asked, and no answer is never an allow.
  if (wanted === 'deny' || route === undefined) {
    return { effect: 'forbid', rules: [{ id: CONSTRAINED_RULE, effect: 'forbid' }], erroredPolicyIds: [], reason: `${constraintSentence(why)}, and a constrained session may not use ${tool.name}. Go on without it, or ask a person to lift that.` };
  }
  const before = outcome.effect === 'ask' ? outcome : undefined;
  return {
    effect: 'ask',
    rules: [...(before?.rules ?? []), { id: CONSTRAINED_RULE, effect: 'ask' }],
    // Where the rules ask anyway, what they say of the call comes first; a person has seconds.
    reason: before ? `${before.reason} Constrained${since(why)}: ${spoken(why.detector)}, “${spoken(why.kind)}”.` : `${constraintSentence(why)}, so a person decides about ${tool.name}.`,
    erroredPolicyIds: [],
    obligation: mergeRoutes([...new Set([...(before?.obligation.routes ?? []), route])], bundle.routes, before ? [before.obligation.risk] : []),
  };
}

const places: Record<LookedAt, string> = { input: 'in what it was given to read', result: 'in a tool’s result', output: 'in what it was about to say' };
const spoken = (kind: string) => kind.replaceAll(/[_-]+/g, ' ');

/** What was seen, as a sentence. */
export function seenSentence({ by, detector, kind, rule }: Constraint): string {
  return `The ${spoken(detector)} detector saw “${spoken(kind)}”${by === 'rule' ? (rule === undefined ? '' : `, for which the alert rule ${rule} has it constrained`) : ` ${places[by]}`}.`;
}

/** The number of an event that is only being written is not known yet. */
const since = ({ seq }: Constraint) => (seq === 0 ? '' : ` since event ${seq}`);

/** Since when and why, without a full stop: "This session is constrained since event 14, where …". */
function constraintSentence(why: Constraint): string {
  return `This session is constrained${since(why)}: t${seenSentence(why).slice(1, -1)}`;
}

/** By the tool's name; else the strictest of what is said of its classes; else by whether it only reads. */
export function measureOf(mode: ConstrainedMode, tool: Pick<RegistryTool, 'name' | 'classes' | 'annotations'>): Measure {
  if (Object.hasOwn(mode.tools, tool.name)) return mode.tools[tool.name]!;
  const named = tool.classes.flatMap((name) => (Object.hasOwn(mode.classes, name) ? [mode.classes[name]!] : []));
  if (named.length > 0) return measures[Math.max(...named.map((one) => measures.indexOf(one)))]!;
  return tool.annotations.readOnlyHint === true ? mode.readOnly : mode.others;
}

/** The least grave of those of high risk and above; where there are none, the gravest there is. */
function usualRoute({ routes }: Bundle): string | undefined {
  const graver = (risk: (typeof riskLevels)[number]) => riskLevels.indexOf(risk);
  const ordered = Object.entries(routes).map(([name, { risk }]) => ({ name, risk: graver(risk) })).sort((a, b) => a.risk - b.risk || (a.name < b.name ? -1 : 1));
  return (ordered.find(({ risk }) => risk >= graver('high')) ?? ordered.at(-1))?.name;
}

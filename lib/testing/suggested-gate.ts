import { traceAction } from '@/lib/gate/checks/provenance';
import { SeenTexts } from '@/lib/provenance';
import { evaluate, prepareBundle, readFacts, standardLeeway, suggestedBundle, suggestPolicy, validateArgs, validateBundle, type DescribedTool, type Leeway, type PreparedBundle } from '@/lib/policies';

export type Answer = { effect: 'allow' | 'ask' | 'deny'; code: string; reason: string; rules: readonly string[] };

/** A policy made from a goal and tools, in the engine that the gate decides by. Only tools that will be called are prepared: what is left out changes no answer. */
export class SuggestedGate {
  readonly changing: ReadonlySet<string>;
  private readonly prepared: PreparedBundle;

  constructor(goal: string, tools: readonly DescribedTool[], called: ReadonlySet<string>, { validated = true, leeway = standardLeeway }: { validated?: boolean; leeway?: Leeway } = {}) {
    const whole = suggestPolicy({ goal, tools }, leeway);
    this.changing = new Set(whole.verdicts.filter((verdict) => verdict.act !== 'read').map((verdict) => verdict.name));
    const names = new Set([...called].map((name) => `Tool::${JSON.stringify(name)}`));
    const part = {
      ...whole,
      tools: whole.tools.filter((tool) => called.has(tool.name)),
      policies: Object.fromEntries(Object.entries(whole.policies).filter(([, { text }]) => names.has(/resource == (Tool::"[^"]*")/.exec(text)?.[1] ?? ''))),
    };
    const bundle = suggestedBundle(part);
    const verdict = validated ? validateBundle(bundle) : undefined;
    if (verdict?.ok === false) throw new Error(`A generated bundle does not validate: ${verdict.findings.filter((finding) => finding.level === 'error').map((finding) => `${finding.path} ${finding.message}`).join('; ')}`);
    this.prepared = prepareBundle(bundle);
  }

  decide(name: string, args: Record<string, unknown>, seen: SeenTexts, untrustedSeen: boolean): Answer {
    const tool = this.prepared.tools.get(name);
    const denied = (code: string, reason: string): Answer => ({ effect: 'deny', code, reason, rules: [] });
    if (!tool) return denied('tool.unknown', 'not in the registry');
    const issues = validateArgs(tool, args);
    if (issues.length > 0) return denied('schema.invalid', issues.map((issue) => `${issue.path} ${issue.message}`).join('; '));
    const facts = readFacts(this.prepared, tool, args);
    if (!facts.ok) return denied('schema.invalid', facts.issues.map((issue) => `${issue.path} ${issue.message}`).join('; '));
    const outcome = evaluate(this.prepared, {
      tool: name,
      facts: facts.facts,
      principal: { sessionId: 'bench', instanceId: 'bench', agentId: 'bench', agentName: 'bench' },
      session: { untrustedSeen, enforced: true, principalType: 'user', principalVerified: true, behaviourScore: 0 },
      provenance: traceAction(tool.tool, args, seen),
      findings: [],
      budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 },
      plan: { submitted: false, conforms: false, stable: true },
      environment: 'bench',
      now: new Date(0),
    });
    const code = { permit: 'policy.permit', ask: 'approval.pending', forbid: 'policy.forbid', no_match: 'policy.no_match', error: 'policy.error' }[outcome.effect];
    return { effect: outcome.effect === 'permit' ? 'allow' : outcome.effect === 'ask' ? 'ask' : 'deny', code, reason: outcome.reason, rules: outcome.rules.map((rule) => rule.id) };
  }

  close(): void { this.prepared.dispose(); }
}

/** What the gate has seen of a session in which the user only said what is wanted. */
export function goalSeen(goal: string): SeenTexts {
  const seen = new SeenTexts();
  seen.add(1, 'user', [goal]);
  return seen;
}

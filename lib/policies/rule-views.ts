import { gravest } from './cedar/merge-routes';
import { parseRule, type Rule } from './cedar/rule';
import { concerns } from './cedar/slice-rules';
import type { Bundle, Risk } from './schema';

/** A rule as a person reads it in a list. */
export type RuleView = { id: string; effect: 'permit' | 'ask' | 'forbid'; reason: string; route: string | undefined; risk: Risk | undefined; tools: string[]; everyTool: boolean; text: string };

/** The bundle's rules in reading order: what is forbidden, what is asked, what is allowed. */
export function ruleViews(bundle: Bundle): RuleView[] {
  const order = { forbid: 0, ask: 1, permit: 2 } as const;
  const views: RuleView[] = [];
  for (const [id, { text }] of Object.entries(bundle.policies)) {
    const parsed = parseRule(id, text);
    if (!parsed.ok) continue;
    const { rule } = parsed;
    const tools = bundle.tools.filter((tool) => concerns(rule, tool)).map((tool) => tool.name);
    views.push({
      id, effect: rule.effect, reason: rule.reason ?? 'No sentence was written for this rule.', route: rule.route,
      risk: riskOf(rule, bundle), tools, everyTool: tools.length === bundle.tools.length, text,
    });
  }
  return views.sort((a, b) => order[a.effect] - order[b.effect] || (a.id < b.id ? -1 : 1));
}

/** Of what risk a question by this rule is, if no other rule says graver. */
function riskOf({ route, risk }: Rule, bundle: Bundle): Risk | undefined {
  const said = route === undefined ? undefined : bundle.routes[route]?.risk;
  return said && gravest(risk ? [said, risk] : [said]);
}

import { parseRule } from './cedar/rule';
import { concerns } from './cedar/slice-rules';
import type { Bundle, Route } from './schema';

/** A rule as a person reads it in a list. */
export type RuleView = { id: string; effect: 'permit' | 'ask' | 'forbid'; reason: string; route: string | undefined; risk: Route['risk'] | undefined; tools: string[]; everyTool: boolean; text: string };

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
      risk: rule.route === undefined ? undefined : bundle.routes[rule.route]?.risk, tools, everyTool: tools.length === bundle.tools.length, text,
    });
  }
  return views.sort((a, b) => order[a.effect] - order[b.effect] || (a.id < b.id ? -1 : 1));
}

import { cedar } from '../cedar/engine';
import { cedarSchema } from '../cedar/cedar-schema';
import { contextPath } from '../cedar/needs';
import { inCharacters, knownAnnotations, parseRule, type Rule } from '../cedar/rule';
import { concerns, scopeTargets } from '../cedar/slice-rules';
import { gravest } from '../cedar/merge-routes';
import { riskLevels, type Bundle } from '../schema';
import type { BundleFinding } from './validate-bundle';

export function checkRules(bundle: Bundle): BundleFinding[] {
  const findings: BundleFinding[] = [];
  const rules: Rule[] = [];
  for (const [id, { text }] of Object.entries(bundle.policies)) {
    const parsed = parseRule(id, text);
    if (parsed.ok) rules.push(parsed.rule);
    else findings.push({ level: 'error', path: `/policies/${id}`, message: parsed.message, ...(parsed.at ? { at: parsed.at } : {}) });
  }
  for (const rule of rules) findings.push(...checkRule(rule, bundle));
  findings.push(...checkTypes(bundle, rules));
  return findings;
}

function checkRule(rule: Rule, bundle: Bundle): BundleFinding[] {
  const findings: BundleFinding[] = [];
  const say = (level: BundleFinding['level'], message: string) => findings.push({ level, path: `/policies/${rule.id}`, message });
  if (rule.route !== undefined && rule.json.effect === 'forbid') say('error', 'forbids and asks at once; @ask belongs on a permit');
  else if (rule.route !== undefined && !Object.hasOwn(bundle.routes, rule.route)) say('error', `asks by the route "${rule.route}", which the bundle does not have`);
  findings.push(...checkRisk(rule, bundle));
  for (const name of Object.keys(rule.json.annotations ?? {})) if (!knownAnnotations.has(name)) say('warning', `has an annotation @${name} that means nothing here`);
  if (!rule.reason) say('warning', 'has no @reason, the sentence that a person reads when it applies');
  if (!speaksOfCalls(rule)) say('error', 'speaks about an action that never happens; every action is Action::"call"');
  const target = scopeTargets(rule);
  if (target && !bundle.tools.some((tool) => concerns(rule, tool))) say('warning', `speaks about ${target.type}::"${target.id}", and no tool in the registry is that`);
  if (likesArguments(rule.json.conditions)) say('warning', 'compares an argument by `like`: `"*@org"` also matches `evil@x, a@org`. Use the argument’s facts');
  return findings;
}

/** A risk is said of what a person decides about; what is allowed or forbidden has nobody who would read it. */
function checkRisk(rule: Rule, bundle: Bundle): BundleFinding[] {
  const said = rule.json.annotations?.risk;
  if (said === undefined) return [];
  const at = (level: BundleFinding['level'], message: string): BundleFinding[] => [{ level, path: `/policies/${rule.id}`, message }];
  if (rule.risk === undefined) return at('error', `says the risk "${said}"; a risk is ${riskLevels.join(', ')}`);
  const route = rule.route === undefined ? undefined : bundle.routes[rule.route];
  if (!route) return at('warning', 'says a risk and asks nobody; @risk belongs beside @ask');
  if (gravest([route.risk, rule.risk]) === route.risk) return at('warning', `says the risk ${rule.risk}, and its route "${rule.route}" says ${route.risk} already; the graver counts`);
  return rule.risk === 'critical' && !route.stepUp ? at('warning', `is critical, and its route "${rule.route}" does not ask for a passkey`) : [];
}

function speaksOfCalls(rule: Rule): boolean {
  const scope = rule.json.action;
  if (scope.op === 'All') return true;
  const named = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : [];
  return named.some((entity) => {
    const { type, id } = '__entity' in entity ? entity.__entity : entity;
    return type === 'Action' && id === 'call';
  });
}

function likesArguments(expr: unknown): boolean {
  if (Array.isArray(expr)) return expr.some(likesArguments);
  if (typeof expr !== 'object' || expr === null) return false;
  const { like } = expr as { like?: { left?: unknown } };
  if (typeof like === 'object' && like !== null && typeof like.left === 'object' && like.left !== null && contextPath(like.left as Record<string, unknown>)?.[0] === 'args') return true;
  return Object.values(expr).some(likesArguments);
}

/** Cedar's strict validation of each tool's slice against that tool's own types. A fault in a rule about many tools is told once. */
function checkTypes(bundle: Bundle, rules: readonly Rule[]): BundleFinding[] {
  const findings = new Map<string, BundleFinding>();
  for (const tool of bundle.tools) {
    const slice = rules.filter((rule) => concerns(rule, tool));
    if (slice.length === 0) {
      findings.set(`tool ${tool.name}`, { level: 'warning', path: `/tools/${tool.name}`, message: 'has no rule, so it is always denied' });
      continue;
    }
    const answer = cedar().validate({ schema: cedarSchema(tool), policies: { staticPolicies: Object.fromEntries(slice.map((rule) => [rule.id, rule.text])) }, validationSettings: { mode: 'strict' } });
    if (answer.type === 'failure') {
      findings.set(`schema ${tool.name}`, { level: 'error', path: `/tools/${tool.name}`, message: answer.errors[0]?.message ?? 'has a schema that Cedar does not take' });
      continue;
    }
    const byId = new Map(slice.map((rule) => [rule.id, rule]));
    for (const { policyId, error } of answer.validationErrors) {
      const rule = byId.get(policyId);
      const key = `${policyId} ${error.message}`;
      if (!rule || findings.has(key)) continue;
      const place = error.sourceLocations?.[0];
      const message = `${error.message.replace(/^for policy `[^`]*`, /, '')} (about ${tool.name})${error.help ? `; ${error.help}` : ''}`;
      findings.set(key, { level: 'error', path: `/policies/${policyId}`, message, ...(place ? { at: inCharacters(rule.text, place) } : {}) });
    }
    for (const { policyId, error } of answer.validationWarnings) {
      // A rule about many tools may well be void for one of them.
      if (byId.get(policyId)?.json.resource.op !== '==') continue;
      findings.set(`${policyId} ${error.message}`, { level: 'warning', path: `/policies/${policyId}`, message: error.message.replace(/^for policy `[^`]*`, /, '') });
    }
  }
  return [...findings.values()];
}

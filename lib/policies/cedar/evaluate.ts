import type { EntityJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs';
import type { RuleHit } from '@/lib/protocol/decision';
import type { Obligation } from '../schema';
import { contextFor, type PolicyRequest } from './context';
import { cedar } from './engine';
import { mergeRoutes } from './merge-routes';
import type { PreparedBundle, PreparedTool } from './prepare-bundle';

type Common = { rules: readonly RuleHit[]; reason: string; erroredPolicyIds: readonly string[] };
/** What the rules say. Only `permit` lets an action run; `ask` carries how people are asked. */
export type Outcome =
  | (Common & { effect: 'permit' })
  | (Common & { effect: 'ask'; obligation: Obligation })
  | (Common & { effect: 'forbid' })
  | (Common & { effect: 'no_match' })
  | (Common & { effect: 'error' });

const mostRemembered = 512;
const longestRemembered = 2_048;
const action = { type: 'Action', id: 'call' };

/** Asks the bundle's rules about one action. Never throws: what goes wrong is an `error`, which the gate answers with deny. */
export function evaluate(prepared: PreparedBundle, request: PolicyRequest): Outcome {
  if (prepared.disposed) return failed([], 'this bundle was replaced');
  const tool = prepared.tools.get(request.tool);
  if (!tool) return { effect: 'no_match', rules: [], reason: `The tool "${request.tool}" is not in the registry.`, erroredPolicyIds: [] };
  try {
    const { needs } = tool.slice;
    const context = contextFor(request, needs.context, tool.argumentNames);
    const key = memoKey(context, needs.principal ? request.principal : undefined);
    const known = key === undefined ? undefined : tool.memo.get(key);
    if (known) return known;
    const outcome = ask(prepared, tool, request, context);
    if (key !== undefined && outcome.effect !== 'error') remember(tool.memo, key, outcome);
    return outcome;
  } catch (error) {
    return failed([], error instanceof Error ? error.message : 'unknown');
  }
}

function ask(prepared: PreparedBundle, tool: PreparedTool, request: PolicyRequest, context: unknown): Outcome {
  const { slice } = tool;
  const resource = { type: 'Tool', id: tool.tool.name };
  const entities: EntityJson[] = [];
  if (slice.needs.principal) entities.push(...principalEntities(request));
  if (slice.needs.resource) entities.push(toolEntity(tool));
  const answer = cedar().statefulIsAuthorized({
    principal: { type: 'Session', id: request.principal.sessionId },
    action,
    resource,
    context: context as StatefulAuthorizationCall['context'],
    preparsedPolicySetId: slice.slot,
    entities,
  });
  if (answer.type === 'failure') return failed([], answer.errors[0]?.message ?? 'unknown');
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) return failed(diagnostics.errors.map((error) => error.policyId), diagnostics.errors[0]?.error.message ?? 'unknown');
  return outcomeOf(prepared, tool, decision, diagnostics.reason);
}

function outcomeOf(prepared: PreparedBundle, { tool, slice }: PreparedTool, decision: 'allow' | 'deny', ids: readonly string[]): Outcome {
  const hits = [...ids].sort((a, b) => (slice.order.get(a) ?? 0) - (slice.order.get(b) ?? 0)).map((id) => slice.rules.get(id)).filter((rule) => rule !== undefined);
  const rules = hits.map(({ id, effect }) => ({ id, effect }));
  if (hits.length === 0) return { effect: 'no_match', rules, reason: `No rule allows ${tool.name} in this situation, and what no rule allows is denied.`, erroredPolicyIds: [] };
  const sentence = (effect: RuleHit['effect'], otherwise: string) => [...new Set(hits.filter((rule) => rule.effect === effect).map((rule) => rule.reason ?? otherwise))].slice(0, 3).join(' ');
  if (decision === 'deny') return { effect: 'forbid', rules, reason: sentence('forbid', `A rule forbids ${tool.name} in this situation.`), erroredPolicyIds: [] };
  const routes = [...new Set(hits.flatMap((rule) => rule.route ?? []))];
  if (routes.length > 0) return { effect: 'ask', rules, reason: sentence('ask', `A person decides about ${tool.name} in this situation.`), erroredPolicyIds: [], obligation: mergeRoutes(routes, prepared.bundle.routes, hits.flatMap((rule) => (rule.effect === 'ask' ? (rule.risk ?? []) : []))) };
  return { effect: 'permit', rules, reason: sentence('permit', `A rule allows ${tool.name}.`), erroredPolicyIds: [] };
}

/** Cedar skips a rule that fails, so a failing forbid would let its action through: any failure denies. */
const failed = (erroredPolicyIds: string[], message: string): Outcome => ({
  effect: 'error',
  rules: [],
  reason: erroredPolicyIds.length > 0 ? `The rule ${erroredPolicyIds.join(', ')} failed (${message}); a rule that fails denies.` : `The rules could not be evaluated (${message}); that denies.`,
  erroredPolicyIds,
});

function principalEntities({ principal }: PolicyRequest): EntityJson[] {
  const instance = { type: 'Instance', id: principal.instanceId };
  const agent = { type: 'Agent', id: principal.agentId };
  const groups = (principal.groups ?? []).map((id) => ({ type: 'Group', id }));
  return [{ uid: { type: 'Session', id: principal.sessionId }, attrs: { agentName: principal.agentName }, parents: [instance, agent, ...groups] }];
}

function toolEntity({ tool }: PreparedTool): EntityJson {
  return {
    uid: { type: 'Tool', id: tool.name },
    attrs: { operation: tool.operation, readOnly: tool.annotations.readOnlyHint === true, destructive: tool.annotations.destructiveHint === true, openWorld: tool.annotations.openWorldHint === true },
    parents: [{ type: 'Toolset', id: tool.toolset }, ...tool.classes.map((id) => ({ type: 'ToolClass', id }))],
  };
}

/** The whole of what Cedar would be handed, written out; equal text means equal answer. Long texts are not worth remembering. */
function memoKey(context: unknown, principal: PolicyRequest['principal'] | undefined): string | undefined {
  const key = JSON.stringify(principal ? [context, principal] : context);
  return key.length <= longestRemembered ? key : undefined;
}

function remember(memo: Map<string, Outcome>, key: string, outcome: Outcome): void {
  if (memo.size >= mostRemembered) memo.delete(memo.keys().next().value as string);
  memo.set(key, outcome);
}

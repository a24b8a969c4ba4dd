import type { EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Rule } from './rule';

/** Whether a rule can ever speak about this tool, by its scope alone. Leaving the others out changes no answer. */
export function concerns(rule: Rule, tool: RegistryTool): boolean {
  const scope = rule.json.resource;
  switch (scope.op) {
    case 'All': return true;
    case '==': return 'entity' in scope && isTool(scope.entity, tool);
    case 'in': return 'entity' in scope && holds(scope.entity, tool);
    case 'is': return scope.entity_type === 'Tool' && (!scope.in || ('entity' in scope.in && holds(scope.in.entity, tool)));
  }
}

const uid = (entity: EntityUidJson) => ('__entity' in entity ? entity.__entity : entity);
const isTool = (entity: EntityUidJson, tool: RegistryTool) => uid(entity).type === 'Tool' && uid(entity).id === tool.name;

function holds(entity: EntityUidJson, tool: RegistryTool): boolean {
  const { type, id } = uid(entity);
  if (type === 'Tool') return id === tool.name;
  if (type === 'ToolClass') return tool.classes.includes(id);
  return type === 'Toolset' && id === tool.toolset;
}

/** The entities a rule's scope names: for "which tools does this rule speak about" and for finding names that don't exist. */
export function scopeTargets(rule: Rule): { type: string; id: string } | undefined {
  const scope = rule.json.resource;
  if (scope.op === '==' || scope.op === 'in') return 'entity' in scope ? uid(scope.entity) : undefined;
  if (scope.op === 'is' && scope.in && 'entity' in scope.in) return uid(scope.in.entity);
  return undefined;
}

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { RegistryTool } from '@/lib/protocol/registry';
import type { Issue } from '@/lib/protocol/wire-error';

/** What is wrong with a call's arguments; empty when they fit. */
export type ArgsValidator = (args: unknown) => Issue[];

/**
 * One compiler a bundle, so that a bundle that is let go takes its compiled schemas along. References outside the schema are refused.
 * `checked` says that the schemas themselves were held against JSON Schema before (they were when the bundle was published), which saves 30 ms.
 */
export function argsCompiler({ checked }: { checked: boolean }): (tool: RegistryTool) => ArgsValidator {
  const ajv = new Ajv2020({ strictSchema: true, strictNumbers: true, strictTypes: false, strictTuples: false, strictRequired: false, allErrors: false, validateSchema: !checked, addUsedSchema: false, ownProperties: true, unicodeRegExp: true, $data: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return (tool) => {
    const validate = ajv.compile(closed(tool.inputSchema, true) as Record<string, unknown>);
    return (args) => (validate(args) ? noIssues : issuesOf(validate));
  };
}

const noIssues: Issue[] = [];

function issuesOf(validate: ValidateFunction): Issue[] {
  return (validate.errors ?? []).map((error) => {
    const extra = error.params.additionalProperty ?? error.params.unevaluatedProperty;
    if (typeof extra === 'string') return { path: error.instancePath, message: `has a field "${extra.slice(0, 64)}" that the tool does not know` };
    return { path: error.instancePath, message: error.message ?? 'does not fit the tool’s schema' };
  });
}

const subschemas = ['items', 'contains', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'propertyNames', 'additionalItems'];
const subschemaMaps = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const inPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', '$ref', 'dependentSchemas'];

/** JSON Schema lets unknown fields through unless it is told otherwise; for a gate it is the other way round. */
function closed(schema: unknown, closes: boolean): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const { $schema: _dialect, $id: _id, ...copy } = schema as Record<string, unknown>;
  for (const key of subschemas) if (key in copy) copy[key] = closed(copy[key], true);
  for (const key of subschemaMaps) {
    const map = copy[key];
    if (typeof map === 'object' && map !== null) copy[key] = Object.fromEntries(Object.entries(map).map(([name, child]) => [name, closed(child, key !== 'dependentSchemas')]));
  }
  if (Array.isArray(copy.prefixItems)) copy.prefixItems = copy.prefixItems.map((child) => closed(child, true));
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const list = copy[key];
    if (Array.isArray(list)) copy[key] = list.map((child) => closed(child, false));
  }
  for (const key of ['not', 'if', 'then', 'else']) if (key in copy) copy[key] = closed(copy[key], false);
  const isObject = copy.type === 'object' || (Array.isArray(copy.type) && copy.type.includes('object')) || 'properties' in copy;
  const decided = 'additionalProperties' in copy || 'unevaluatedProperties' in copy;
  if (closes && isObject && !decided) copy[inPlace.some((key) => key in copy) ? 'unevaluatedProperties' : 'additionalProperties'] = false;
  return copy;
}

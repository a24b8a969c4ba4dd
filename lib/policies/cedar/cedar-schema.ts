import type { SchemaJson, Type } from '@cedar-policy/cedar-wasm/nodejs';
import type { RegistryTool } from '@/lib/protocol/registry';
import { argsReader } from './args-reader';
import { argumentNames, contextType } from './context';
import type { ValueType } from './value-type';

/** Cedar's schema for the rules about one tool: its arguments have their own types, so a rule that misreads them is found before it is published. */
export function cedarSchema(tool: RegistryTool): SchemaJson<string> {
  return {
    '': {
      entityTypes: {
        Agent: {},
        Group: {},
        Instance: { memberOfTypes: ['Agent'] },
        Session: { memberOfTypes: ['Instance', 'Agent', 'Group'], shape: record({ agentName: { type: 'String' } }) },
        Toolset: {},
        ToolClass: {},
        Tool: { memberOfTypes: ['Toolset', 'ToolClass'], shape: record({ operation: { type: 'String' }, readOnly: { type: 'Boolean' }, destructive: { type: 'Boolean' }, openWorld: { type: 'Boolean' } }) },
      },
      actions: { call: { appliesTo: { principalTypes: ['Session'], resourceTypes: ['Tool'], context: written(contextType(argumentNames(tool), argsReader(tool).type)) } } },
    },
  };
}

const record = (attributes: Record<string, Type<string>>): Type<string> => ({ type: 'Record', attributes }) as Type<string>;

function written(type: ValueType): Type<string> {
  switch (type.kind) {
    case 'string': return { type: 'String' };
    case 'long': return { type: 'Long' };
    case 'bool': return { type: 'Boolean' };
    case 'decimal': return { type: 'Extension', name: 'decimal' };
    case 'set': return { type: 'Set', element: written(type.of) };
    case 'record':
      return { type: 'Record', attributes: Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, { ...written(field.type), required: field.required }])) } as Type<string>;
  }
}

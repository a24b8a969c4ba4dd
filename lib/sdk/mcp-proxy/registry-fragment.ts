import { escapeStep } from '@/lib/protocol/json-pointer';
import { type RegistryToolInput, registryToolSchema } from '@/lib/protocol/registry';
import type { ChildConfig } from './config';
import type { OfferedTool } from './tool-table';

type Property = { type?: unknown; format?: unknown };
/** Arguments that usually say what a tool acts on. */
const resources = ['path', 'file', 'uri', 'url', 'id', 'destination'];
const formatOf: Record<string, string> = { path: 'path', file: 'path', source: 'path', destination: 'path', paths: 'path', url: 'url', uri: 'url', command: 'command', sql: 'sql', query_sql: 'sql' };

/**
 * A first draft of registry entries, from what the children say of their tools. MCP's hints are claims of the child and default to the
 * worse; a person reads the draft before it becomes a policy change.
 */
export function registryFragment(tools: Iterable<OfferedTool>, servers: Record<string, ChildConfig>): RegistryToolInput[] {
  return [...tools].map((entry) => {
    const config = servers[entry.server] as ChildConfig;
    const said = config.tools[entry.childName] ?? {};
    const { title, readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = entry.tool.annotations ?? {};
    const properties = (entry.tool.inputSchema.properties ?? {}) as Record<string, Property>;
    const readOnly = readOnlyHint === true;
    const classes = said.classes ?? [
      ...(readOnly ? ['read-only', 'data-access'] : ['internal-write']),
      ...(!readOnly && destructiveHint !== false ? ['destructive'] : []),
      ...(openWorldHint === true || (openWorldHint === undefined && !readOnly) ? ['external-communication'] : []),
      ...('command' in properties || 'code' in properties ? ['code-execution'] : []),
    ];
    const resource = said.resource ?? resourceOf(properties);
    const dangerous = classes.some((name) => name === 'destructive' || name === 'financial' || name === 'code-execution');
    const hints = { title, readOnlyHint, destructiveHint, idempotentHint, openWorldHint };
    return registryToolSchema.parse({
      name: entry.registryName,
      toolset: config.toolset ?? entry.server,
      operation: said.operation ?? (readOnly ? 'read' : 'write'),
      ...(resource === undefined ? {} : { resource }),
      classes,
      ...(entry.tool.description ? { description: entry.tool.description.slice(0, 2_000) } : {}),
      inputSchema: entry.tool.inputSchema,
      formats: said.formats ?? formatsOf(properties),
      annotations: Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== undefined)),
      redeem: said.redeem ?? (dangerous ? 'required' : 'optional'),
    });
  });
}

/** The one argument that a scope can be held against. Where several places are named, none of them alone says what the tool touches. */
function resourceOf(properties: Record<string, Property>): string | undefined {
  const places = Object.keys(properties).filter((key) => key in formatOf || resources.includes(key));
  const [only] = places;
  return places.length === 1 && only !== undefined && resources.includes(only) && properties[only]?.type === 'string' ? `/${only}` : undefined;
}

function formatsOf(properties: Record<string, Property>): Record<string, string> {
  const formats: Record<string, string> = {};
  for (const [key, property] of Object.entries(properties)) {
    const format = property.format === 'uri' ? 'url' : property.format === 'email' ? 'email-list' : formatOf[key];
    if (format !== undefined && (property.type === 'string' || key === 'paths')) formats[`/${escapeStep(key)}`] = format;
  }
  return formats;
}

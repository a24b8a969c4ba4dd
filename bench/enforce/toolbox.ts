import { toolListSchema, type DescribedTool } from '@/lib/policies';

/**
 * What an operator knows of tools that cases only name: which arguments they take and of what types, put together from all recorded calls of a source.
 * Nothing else of the calls is looked at: not their labels, not which of them was right.
 */
export class Toolbox {
  private readonly shapes = new Map<string, Map<string, { types: Set<string>; formats: Set<string>; items: Set<string> }>>();
  private readonly schemas = new Map<string, Record<string, unknown>>();

  note(source: string, tool: string, args: Record<string, unknown>): void {
    const key = `${source} ${tool}`;
    const shape = this.shapes.get(key) ?? this.shapes.set(key, new Map()).get(key)!;
    for (const [name, value] of Object.entries(args)) {
      const known = shape.get(name) ?? shape.set(name, { types: new Set(), formats: new Set(), items: new Set() }).get(name)!;
      known.types.add(typeOf(value));
      if (typeof value === 'string') known.formats.add(formatOf(value));
      if (Array.isArray(value)) for (const item of value) known.items.add(typeOf(item));
    }
  }

  /** Tools as a server would list them; what the cases describe themselves is taken as it is. */
  tools(source: string, available: unknown): DescribedTool[] {
    return toolListSchema.parse(available).map((tool) => (tool.inputSchema === undefined ? { ...tool, inputSchema: this.schema(`${source} ${tool.name}`) } : tool));
  }

  private schema(key: string): Record<string, unknown> {
    const known = this.schemas.get(key);
    if (known) return known;
    const properties = Object.fromEntries([...(this.shapes.get(key) ?? [])].map(([name, { types, formats, items }]) => {
      if (types.has('number')) types.delete('integer');
      const list = [...types].filter((type) => type !== 'null');
      const [only] = list;
      if (only === undefined) return [name, {}];
      if (list.length > 1) return [name, { type: [...types] }];
      const [format] = formats;
      const type = types.has('null') ? [only, 'null'] : only;
      if (only === 'array') return [name, { type, ...(items.size === 1 && !items.has('null') ? { items: { type: [...items][0] } } : {}) }];
      return [name, { type, ...(formats.size === 1 && format !== 'none' ? { format } : {}) }];
    }));
    const schema = { type: 'object', properties };
    this.schemas.set(key, schema);
    return schema;
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isSafeInteger(value) ? 'integer' : typeof value;
}

function formatOf(text: string): string {
  if (/^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text)) return 'uri';
  return /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(text) ? 'email' : 'none';
}

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { ChildConfig } from './config';

/** One tool that the proxy offers, and where a call to it goes. */
export type OfferedTool = { server: string; childName: string; offeredName: string; registryName: string; tool: Tool };

/** The proxy's own tool, in `pending` mode. */
export const RESULT_TOOL = 'countersign_result';

/** Puts the children's tools into one list. A name that two servers use, or that is the proxy's own, gets its server's name in front, in both. */
export function toolTable(children: readonly { server: string; config: Pick<ChildConfig, 'only' | 'tools'>; tools: readonly Tool[] }[]): Map<string, OfferedTool> {
  const uses = new Map<string, number>([[RESULT_TOOL, 1]]);
  const kept = children.flatMap(({ server, config, tools }) => tools.filter((tool) => config.only?.includes(tool.name) ?? true).map((tool) => ({ server, config, tool })));
  for (const { tool } of kept) uses.set(tool.name, (uses.get(tool.name) ?? 0) + 1);
  const table = new Map<string, OfferedTool>();
  for (const { server, config, tool } of kept) {
    const offeredName = (uses.get(tool.name) ?? 0) > 1 ? `${server}__${tool.name}` : tool.name;
    // Two of one name from one server: the first one, as its own clients would see it.
    if (table.has(offeredName)) continue;
    table.set(offeredName, { server, childName: tool.name, offeredName, registryName: config.tools[tool.name]?.as ?? offeredName, tool });
  }
  return table;
}

/** A tool as the proxy's clients see it. Its output schema is left away: what they read is what the gate hands on, as text. */
export function offered({ offeredName, tool }: OfferedTool): Tool {
  const { outputSchema: _output, execution: _execution, _meta, ...rest } = tool;
  return { ...rest, name: offeredName };
}

// A real MCP server that misbehaves: it dies in the middle of a call, shows its environment, or ignores being cancelled.
import { writeFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const [, , marker] = process.argv;
const server = new McpServer({ name: 'odd', version: '1' });
const inputSchema = { query: z.string() };
const say = (text) => ({ content: [{ type: 'text', text }] });

server.registerTool('die', { inputSchema }, () => process.exit(1));
server.registerTool('env', { inputSchema }, () => say(JSON.stringify(process.env)));
server.registerTool('slow', { inputSchema }, async () => {
  writeFileSync(`${marker}.pid`, String(process.pid));
  writeFileSync(marker, 'began');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  writeFileSync(marker, 'had its effect');
  return say('done');
});
await server.connect(new StdioServerTransport());

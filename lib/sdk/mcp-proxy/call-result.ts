import { createHash } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/**
 * What a child answered, as one text that can be inspected. Pictures, sounds and files are named by size and digest and held back:
 * nothing reaches the agent that the gate could not read.
 */
export function reportable(result: CallToolResult): string {
  const parts = result.content.map((part) => {
    switch (part.type) {
      case 'text': return part.text;
      case 'image':
      case 'audio': return heldBack(part.mimeType, part.data);
      case 'resource_link': return `[${part.name}](${part.uri})${part.description ? ` ${part.description}` : ''}`;
      case 'resource': return 'text' in part.resource ? part.resource.text : heldBack(part.resource.mimeType ?? 'application/octet-stream', part.resource.blob);
      default: return '[Something of a kind that this proxy does not know was held back.]';
    }
  });
  if (parts.length === 0 && result.structuredContent !== undefined) return JSON.stringify(result.structuredContent);
  return parts.join('\n');
}

function heldBack(mimeType: string, base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return `[${mimeType}, ${bytes.byteLength} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}: held back, because only text can be inspected.]`;
}

/** What the gate handed back, as an answer to the agent. */
export function readable(output: unknown, failed: boolean): CallToolResult {
  const text = typeof output === 'string' ? output : output === null || output === undefined ? 'The output is withheld.' : JSON.stringify(output);
  return textResult(text, failed || output === null || output === undefined);
}

export function textResult(text: string, failed = false): CallToolResult {
  return { content: [{ type: 'text', text }], ...(failed ? { isError: true } : {}) };
}

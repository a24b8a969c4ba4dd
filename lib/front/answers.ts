import type { ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text), 'X-Content-Type-Options': 'nosniff', ...headers });
  response.end(text);
}

/** An RFC 9457 problem document, of the same types as REST's. */
export function sendProblem(response: ServerResponse, status: number, title: string, detail: string, more: Record<string, unknown> & { code?: string } = {}): void {
  if (response.headersSent) return;
  const text = JSON.stringify({ type: more.code ? `urn:countersign:problem:${more.code}` : 'about:blank', title, status, detail, ...more });
  response.writeHead(status, { 'Content-Type': 'application/problem+json; charset=utf-8', 'Content-Length': Buffer.byteLength(text), 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
  response.end(text);
}

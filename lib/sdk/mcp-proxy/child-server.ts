import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type CallToolResult, CallToolResultSchema, type Progress, type Tool, ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { backOffMs, pause } from '../back-off';
import type { ChildConfig } from './config';

type Running = { client: Client; transport: Transport };

/** One real MCP server behind the proxy. It alone gets its credentials; when it dies, it is started again. */
export class ChildServer {
  #running: Promise<Running> | undefined;
  #crashes = 0;
  readonly #closed = new AbortController();
  onToolsChanged: () => void = () => {};

  constructor(readonly server: string, readonly config: ChildConfig, private readonly log: (line: string) => void) {}

  async listTools(): Promise<Tool[]> {
    const { client } = await this.#start();
    const tools: Tool[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor });
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return tools;
  }

  /** Runs one call. Rejects when the server dies meanwhile, when it takes too long, or when the signal ends. */
  async call(tool: string, args: Record<string, unknown>, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<CallToolResult> {
    const { client } = await this.#start();
    signal.throwIfAborted();
    // Not client.callTool: that holds results against the child's output schema, and what it throws then would hide an effect that has happened.
    return client.request({ method: 'tools/call', params: { name: tool, arguments: args } }, CallToolResultSchema, { signal, timeout: this.config.callTimeoutMs, resetTimeoutOnProgress: true, onprogress: onProgress });
  }

  /** Ends the server's process now, in the middle of whatever it does; the next call starts a new one. */
  async kill(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    if (!running) return;
    const { transport } = running;
    if (transport instanceof StdioClientTransport && transport.pid !== null) {
      try { process.kill(transport.pid, 'SIGKILL'); } catch { /* It was faster. */ }
    }
    await transport.close().catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const running = await this.#running?.catch(() => undefined);
    await running?.client.close().catch(() => {});
  }

  #start(): Promise<Running> {
    this.#running ??= this.#connect().catch((error: unknown) => {
      this.#running = undefined;
      throw error;
    });
    return this.#running;
  }

  async #connect(): Promise<Running> {
    if (this.#crashes > 0 && !(await pause(backOffMs(this.#crashes - 1), this.#closed.signal))) throw new Error('the proxy is closing');
    const client = new Client({ name: 'countersign-mcp-proxy', version: '0.1.0' });
    const transport = makeTransport(this.config);
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.onToolsChanged());
    try {
      await client.connect(transport, { timeout: 30_000 });
    } catch (error) {
      this.#crashes += 1;
      await client.close().catch(() => {});
      throw new Error(`the MCP server "${this.server}" does not start: ${(error as Error).message}`, { cause: error });
    }
    const since = performance.now();
    client.onclose = () => {
      this.#running = undefined;
      if (this.#closed.signal.aborted) return;
      // One that ran for a while starts afresh at once; one that dies at birth is given time.
      this.#crashes = performance.now() - since > 10_000 ? 1 : this.#crashes + 1;
      this.log(`the MCP server "${this.server}" has ended; it is started again`);
      void this.#start().then(() => this.onToolsChanged(), (error: unknown) => this.log((error as Error).message));
    };
    return { client, transport };
  }
}

function makeTransport(config: ChildConfig): Transport {
  if ('url' in config) return new StreamableHTTPClientTransport(new URL(config.url), { requestInit: { headers: config.headers } });
  return new StdioClientTransport({ command: config.command, args: config.args, env: { ...getDefaultEnvironment(), ...config.env }, ...(config.cwd === undefined ? {} : { cwd: config.cwd }), stderr: 'inherit' });
}

import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { CallToolRequestSchema, type CallToolResult, ErrorCode, ListToolsRequestSchema, McpError, type ServerNotification, type ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { actionDigest, type Args, newId } from '@/lib/protocol';
import type { AgentClient } from '../agent-client';
import { ApprovalPending, CountersignError, DecisionTimeout, SessionStopped } from '../errors';
import { runAction } from '../run-action';
import type { SessionHandle } from '../session-handle';
import { readable, reportable, textResult } from './call-result';
import { ChildServer } from './child-server';
import type { ProxyConfig } from './config';
import { PendingCalls } from './pending-calls';
import { reportProgress } from './report-progress';
import { offered, type OfferedTool, RESULT_TOOL, toolTable } from './tool-table';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

const resultTool = {
  name: RESULT_TOOL,
  description: 'Collects the result of a call that a person had to decide about. Runs the call once it was approved and returns its result; says so while it is still undecided.',
  inputSchema: { type: 'object' as const, properties: { handle: { type: 'string' }, waitMs: { type: 'integer', minimum: 0, maximum: 30_000, description: 'How long to wait for the decision, in milliseconds.' } }, required: ['handle'], additionalProperties: false },
  annotations: { title: 'Collect an approved call' },
};

/** One MCP client: its own child servers, its own session with the gateway. What it calls runs only as the gate allowed it. */
export class ProxySession {
  readonly mcp: Server;
  readonly #children: ChildServer[];
  readonly #pending = new PendingCalls();
  #table: Promise<Map<string, OfferedTool>> | undefined;
  #session: Promise<SessionHandle> | undefined;
  /** Children with a call under way that a stop must end. */
  readonly #busy = new Map<ChildServer, number>();

  constructor(private readonly client: AgentClient, private readonly config: ProxyConfig, private readonly log: (line: string) => void) {
    this.mcp = new Server({ name: 'countersign-mcp-proxy', version: '0.1.0' }, { capabilities: { tools: { listChanged: true } } });
    this.#children = Object.entries(config.servers).map(([name, child]) => new ChildServer(name, child, log));
    for (const child of this.#children) child.onToolsChanged = () => this.#toolsChanged();
    this.mcp.setRequestHandler(ListToolsRequestSchema, async () => {
      const tools = [...(await this.#tools()).values()].map(offered);
      return { tools: config.mode === 'pending' ? [...tools, resultTool] : tools };
    });
    this.mcp.setRequestHandler(CallToolRequestSchema, (request, extra) => this.#answer(request.params.name, request.params.arguments ?? {}, extra));
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    await session?.close('completed').catch((error: unknown) => this.log(`the session could not be closed: ${(error as Error).message}`));
    await Promise.all(this.#children.map((child) => child.close()));
    await this.mcp.close().catch(() => {});
  }

  async #answer(name: string, args: Args, extra: Extra): Promise<CallToolResult> {
    if (name === RESULT_TOOL && this.config.mode === 'pending') return this.#collect(args, extra);
    const tool = (await this.#tools()).get(name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool "${name.slice(0, 100)}".`);
    return this.#run(tool, args, newId(), extra);
  }

  /** Asks, waits or answers with a handle, runs, reports; every way it ends is an answer to the agent. */
  async #run(tool: OfferedTool, args: Args, freshId: string, extra: Extra): Promise<CallToolResult> {
    const child = this.#children.find(({ server }) => server === tool.server) as ChildServer;
    const progress = reportProgress(extra);
    let requestId = freshId;
    let failed = false;
    let began = false;
    try {
      const session = await this.#open();
      const digest = actionDigest(tool.registryName, args);
      // The same call once more, after somebody stopped waiting for it, goes on with the question that stands instead of asking a second time.
      requestId = this.#pending.resume(digest) ?? freshId;
      this.#pending.waiting(digest, requestId);
      const outcome = await runAction(session, { tool: tool.registryName, args, requestId }, async (granted, run) => {
        began = true;
        progress.stop();
        const result = await this.#call(child, tool.childName, granted, run.signal, (step) => progress.forward(step));
        failed = result.isError === true;
        return reportable(result);
      }, {
        signal: extra.signal,
        onAsk: this.config.mode === 'pending' ? 'throw' : 'wait',
        ...(this.config.waitMs === undefined ? {} : { waitMs: this.config.waitMs }),
        onPending: (decision) => progress.start(`Waiting for a person to decide${decision.approval ? ` (until ${decision.approval.decideBy})` : ''}: ${decision.reason}`),
        failure: () => (failed ? 'The tool answered with an error.' : undefined),
      });
      this.#pending.done(requestId);
      return readable(outcome.output, failed);
    } catch (error) {
      if (error instanceof ApprovalPending) return this.#pendingResult(error, tool, args);
      if (!began && (error instanceof DecisionTimeout || extra.signal.aborted)) this.#pending.abandoned(requestId);
      else this.#pending.done(requestId);
      return textResult(this.#explain(error), true);
    } finally {
      progress.stop();
    }
  }

  /** A child's own failures are its words too: they become an output, which is reported and inspected like any other. */
  async #call(child: ChildServer, name: string, args: Args, signal: AbortSignal, onProgress: Parameters<ChildServer['call']>[3]): Promise<CallToolResult> {
    this.#busy.set(child, (this.#busy.get(child) ?? 0) + 1);
    try {
      return await child.call(name, args, signal, onProgress);
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error;
      return textResult(`The call failed: ${(error as Error).message}. Whether it had an effect is not known; look before you try again.`, true);
    } finally {
      this.#busy.set(child, (this.#busy.get(child) ?? 1) - 1);
    }
  }

  #pendingResult({ decision }: ApprovalPending, tool: OfferedTool, args: Args): CallToolResult {
    const handle = this.#pending.keep({ requestId: decision.requestId, tool, args });
    const decideBy = decision.approval?.decideBy;
    return {
      content: [{ type: 'text', text: `Not run yet: a person has to decide${decideBy ? ` by ${decideBy}` : ''}. ${decision.reason} Go on with other work, then call ${RESULT_TOOL} with {"handle": "${handle}"}. Do not call ${tool.offeredName} again for this.` }],
      structuredContent: { status: 'pending', handle, ...(decideBy ? { decideBy } : {}) },
    };
  }

  async #collect(args: Args, extra: Extra): Promise<CallToolResult> {
    const kept = typeof args.handle === 'string' ? this.#pending.get(args.handle) : undefined;
    if (!kept) return textResult('There is no call with this handle, or its result was collected before.', true);
    const session = await this.#open();
    const waitMs = typeof args.waitMs === 'number' ? Math.min(30_000, Math.max(0, args.waitMs)) : 0;
    if (waitMs > 0) await session.waitForDecision(kept.requestId, { timeoutMs: waitMs, signal: extra.signal }).catch(() => {});
    // Two that collect at once get one run and one answer.
    kept.collecting ??= this.#run(kept.tool, kept.args, kept.requestId, extra).finally(() => { kept.collecting = undefined; });
    const result = await kept.collecting;
    if (result.structuredContent?.status !== 'pending') this.#pending.forget(args.handle as string);
    return result;
  }

  #explain(error: unknown): string {
    if (error instanceof CountersignError) return error.message;
    this.log(`a call failed: ${(error as Error).stack ?? String(error)}`);
    return 'The call failed inside the proxy. Nothing is known to have run; its log says more.';
  }

  #tools(): Promise<Map<string, OfferedTool>> {
    this.#table ??= Promise.all(this.#children.map(async (child) => ({ server: child.server, config: child.config, tools: await child.listTools() })))
      .then(toolTable)
      .catch((error: unknown) => { this.#table = undefined; throw error; });
    return this.#table;
  }

  #toolsChanged(): void {
    this.#table = undefined;
    this.mcp.sendToolListChanged().catch(() => { /* Nobody is connected yet. */ });
  }

  /** Opened at the first call and kept; one that could not be opened is tried again, one that was stopped is not replaced. */
  #open(): Promise<SessionHandle> {
    this.#session ??= this.#openSession().catch((error: unknown) => { if (!(error instanceof SessionStopped)) this.#session = undefined; throw error; });
    return this.#session;
  }

  async #openSession(): Promise<SessionHandle> {
    const { purpose, principal } = this.config.session;
    const who = this.mcp.getClientVersion();
    const session = await this.client.openSession({ purpose, ...(principal ? { principal } : {}), metadata: { via: 'mcp-proxy', servers: Object.keys(this.config.servers), ...(who ? { mcpClient: { name: who.name, version: who.version } } : {}) } });
    if (session.enforcement !== 'enforced') this.log('this agent is registered as cooperative; since its tools are only reachable through this proxy, register it as enforced');
    session.signal.addEventListener('abort', () => {
      // A cancelled call may go on inside a server that does not listen. A stop does not ask it.
      for (const [child, calls] of this.#busy) if (calls > 0) void child.kill();
    });
    return session;
  }
}

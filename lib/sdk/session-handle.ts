import {
  type AgentAnswer, type AgentEventBody, type AgentEventName, agentEventSchemas, type Args, type Decision, newId, type Order, type Enforcement, type Finding, type InspectVerdict, type Money,
} from '@/lib/protocol';
import { AnswerLost, type CallOptions } from './connection';
import { copyArgs } from './copy-args';
import { DecisionInbox, readable } from './decision-inbox';
import { DecisionTimeout, InvalidRequest, LeaseLapsed, Refused, SessionNotOpen, SessionPaused, SessionStopped } from './errors';
import type { Judgement } from './judge-decision';
import type { SavedRequest, SavedSession } from './state-file';
import { TypedEvents } from './typed-events';

/** What a session needs of its client. */
export interface SessionPort {
  call<N extends AgentEventName>(event: N, body: AgentEventBody<N>, options: CallOptions): Promise<AgentAnswer<N>>;
  leaseHolds(): boolean;
  /** Resolves once the state file, if any, knows what the sessions know now. */
  save(): Promise<void>;
  forget(session: SessionHandle): void;
  /** A decision that overtook the answer to its own request, once. */
  early(actionId: string): unknown;
}

export type OpenedSession = AgentAnswer<'session.open'>;

export type ActionRequest = {
  tool: string;
  args: Args;
  /** Your idempotency key within the session, 1 to 128 printable characters; a UUID by default. The same key and arguments always mean the same action. */
  requestId?: string;
  /** One sentence for the person who decides; shown as the agent's own words. */
  rationale?: string;
  planId?: string;
  stepId?: string;
  estimate?: { cost?: Money; records?: number };
};
/** `timeoutMs` is for everything, reconnects included (default 30,000). */
export type RequestOptions = { signal?: AbortSignal; timeoutMs?: number };
export type WaitOptions = { signal?: AbortSignal; /** Milliseconds to wait; without one as long as the question stands. */ timeoutMs?: number };

export type SessionEvents = {
  /** A person or the clock has decided what was asked. Each decision comes once, also over reconnects and restarts with a state file. */
  decision: Decision;
  /** The session was stopped. Final. */
  halt: { order: Order | undefined };
  pause: { order: Order | undefined };
  resume: { order: Order | undefined };
  /** The rules have changed; what is asked from now on is decided by these. */
  policy: { version: string; sha256: string };
};

/** One run for one purpose. Made by `client.openSession`; everything an agent does, it does in one of these. */
export class SessionHandle extends TypedEvents<SessionEvents> {
  readonly id: string;
  readonly purpose: string;
  /** Who enforces: `enforced` behind a proxy or a tool server that checks permits, else `cooperative`. */
  enforcement: Enforcement | string = 'cooperative';
  /** A mark to put into prompts: where it turns up in an argument, the prompt has leaked. */
  canary = '';
  /** The fence around text that is data and not instruction. */
  delimiter = '';
  /** The rules that decide now. */
  policy = { version: '', sha256: '' };
  #state = 'open';
  readonly #pausedBy = new Set<string>();
  readonly #ended = new AbortController();
  readonly #inbox: DecisionInbox;
  readonly #port: SessionPort;
  readonly #open: AgentEventBody<'session.open'>;

  /** @internal */
  constructor(port: SessionPort, open: AgentEventBody<'session.open'> & { sessionId: string }, restored: readonly SavedRequest[] = []) {
    super();
    this.#port = port;
    this.#open = open;
    this.id = open.sessionId;
    this.purpose = open.purpose;
    this.#inbox = new DecisionInbox((decision) => { const heard = this.emit('decision', decision); if (heard) void this.#port.save().catch(() => {}); return heard; }, restored);
  }

  /** `open`, `lost`, `paused`, `stopped` or `closed`; anything but `open` refuses every call. */
  get state(): string { return this.#ended.signal.aborted ? this.#state : this.#pausedBy.size > 0 ? 'paused' : this.#state; }

  /** Ends when the session is stopped or closed. Hand it to whatever should stop with it. */
  get signal(): AbortSignal { return this.#ended.signal; }

  /** What was asked and is not decided yet, as far as this process knows. After a restart: what the state file kept. */
  get unresolved(): SavedRequest[] { return this.#inbox.unresolved; }

  override on<K extends keyof SessionEvents>(event: K, listener: (value: SessionEvents[K]) => void): () => void {
    const off = super.on(event, listener);
    if (event === 'decision') this.#inbox.flush();
    return off;
  }

  /**
   * Asks whether a tool may run. Resolves with `allow`, `deny` or `ask`; throws where nothing was decided. After `ask`, wait with
   * `waitForDecision` or the `decision` event. Asking again with the same requestId returns the decision as it stands, with a fresh permit.
   */
  async requestAction(request: ActionRequest, options: RequestOptions = {}): Promise<Decision> {
    return readable(await this.decide(request, options));
  }

  /** @internal The decision, judged against the very arguments that were asked for. */
  async decide(request: ActionRequest, options: RequestOptions = {}): Promise<Judgement> {
    this.assertMayAct();
    const requestId = request.requestId ?? newId();
    const args = copyArgs(request.args);
    const body = parsed('action.request', { sessionId: this.id, ...request, requestId, args });
    this.#inbox.track(requestId, request.tool, args);
    try {
      await this.#port.save();
      const { decision } = await this.#call('action.request', body, { resend: true, ...options });
      const judgement = this.#inbox.answered({ requestId, tool: request.tool, args }, decision);
      const early = judgement.kind === 'ask' ? this.#port.early(judgement.decision.actionId) : undefined;
      if (early !== undefined) this.#inbox.arrived(early);
      return judgement;
    } catch (error) {
      // Errors mean that nothing was decided; only where the answer got lost a question may stand on the other side.
      if (!(error instanceof AnswerLost)) this.#inbox.untrack(requestId);
      throw error;
    } finally {
      void this.#port.save().catch(() => {});
    }
  }

  /**
   * Waits until a person or the clock has decided; `id` is a requestId or an actionId. Resolves with the final `allow` or `deny`. Throws
   * DecisionTimeout after `timeoutMs`, SessionStopped when the session ends, the signal's reason when it ends. None of these is an allow.
   */
  waitForDecision(id: string, options: WaitOptions = {}): Promise<Decision> {
    const known = this.#inbox.known(id);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        stopWaiting?.();
        for (const signal of signals) signal.removeEventListener('abort', onAbort);
        end();
      };
      const signals = [this.#ended.signal, ...(options.signal ? [options.signal] : [])];
      const onAbort = () => settle(() => reject(signals.find((signal) => signal.aborted)?.reason));
      const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => settle(() => reject(new DecisionTimeout(id, options.timeoutMs ?? 0))), options.timeoutMs);
      const stopWaiting = this.#inbox.wait(id, (decision) => settle(() => resolve(decision)));
      if (!stopWaiting) return settle(() => reject(new Refused('not_found', `Nothing with the id "${id}" was asked in this session.`)));
      for (const signal of signals) signal.addEventListener('abort', onAbort);
      if (signals.some((signal) => signal.aborted)) onAbort();
    });
  }

  /** Says that an allowed tool is about to run. Call it immediately before; unless it resolves, the tool must not run. */
  async started(actionId: string): Promise<void> {
    this.assertMayAct();
    // Never sent twice: a start that was perhaps counted must not become two runs.
    const answer = (await this.#call('action.started', { actionId }, { resend: false, timeoutMs: 10_000 })) as { decision?: { decision?: unknown; reason?: unknown } };
    if (answer.decision !== undefined) throw new Refused('forbidden', typeof answer.decision.reason === 'string' ? answer.decision.reason : 'This was stopped before it began.');
  }

  /** Reports what a tool gave. `output` of the answer is what the agent may read, and nothing else is. Also works in a stopped session. */
  async result(body: AgentEventBody<'action.result'>): Promise<{ verdict: InspectVerdict | string; findings: Finding[]; output: unknown }> {
    return this.#call('action.result', parsed('action.result', body), { resend: true, timeoutMs: 60_000 });
  }

  /** Tells the gateway what the model is about to read, so that it can be inspected and arguments traced to it. Give the model `wrapped`. */
  async addInput(input: Omit<AgentEventBody<'input.add'>, 'sessionId'>, options: RequestOptions = {}): Promise<AgentAnswer<'input.add'>> {
    return this.#call('input.add', parsed('input.add', { sessionId: this.id, ...input }), { resend: true, ...options });
  }

  /** Says beforehand what is planned; each step's forecast tells what would be allowed, denied or asked. A forecast allows nothing. */
  async submitPlan(steps: AgentEventBody<'plan.submit'>['steps'], options: RequestOptions = {}): Promise<AgentAnswer<'plan.submit'>> {
    return this.#call('plan.submit', parsed('plan.submit', { sessionId: this.id, steps }), { resend: true, ...options });
  }

  /** Has a text checked before it is shown to somebody; show the answer's `text`. */
  async checkOutput(text: string, options: RequestOptions = {}): Promise<AgentAnswer<'output.check'>> {
    return this.#call('output.check', parsed('output.check', { sessionId: this.id, text }), { resend: true, ...options });
  }

  async addSpans(spans: AgentEventBody<'spans.add'>['spans'], options: RequestOptions = {}): Promise<number> {
    return (await this.#call('spans.add', parsed('spans.add', { sessionId: this.id, spans }), { resend: false, ...options })).accepted;
  }

  /** Ends the session; its open questions are withdrawn. Closing twice is harmless. */
  async close(outcome: 'completed' | 'failed' | 'abandoned' = 'completed', summary?: string): Promise<void> {
    if (this.#ended.signal.aborted) return;
    await this.#call('session.close', parsed('session.close', { sessionId: this.id, outcome, ...(summary === undefined ? {} : { summary }) }), { resend: true });
    this.end('closed');
  }

  /** Throws unless a tool may run at this very moment: SessionStopped, SessionPaused, SessionNotOpen or LeaseLapsed. */
  assertMayAct(): void {
    if (this.#ended.signal.aborted) throw this.#ended.signal.reason;
    if (this.state === 'paused') throw new SessionPaused(this.id);
    if (!this.#port.leaseHolds()) throw new LeaseLapsed();
    if (this.state !== 'open') throw new SessionNotOpen(this.id, this.state);
  }

  /** @internal */
  end(state: 'stopped' | 'closed', why?: string): void {
    if (this.#ended.signal.aborted) return;
    this.#state = state;
    this.#ended.abort(new SessionStopped(this.id, why ?? (state === 'closed' ? 'The session is closed' : 'The session was stopped')));
    this.#port.forget(this);
  }

  /** @internal What the gateway says the state is. It can take power away; what an order took, only an order gives back. */
  believe(state: string): void {
    if (state === 'stopped' || state === 'closed') this.end(state);
    else if (!this.#ended.signal.aborted) this.#state = state;
  }

  /** @internal Whether the gateway has told this process about the session. */
  get greeted(): boolean { return this.delimiter !== ''; }

  /** @internal */
  opened(answer: OpenedSession): void {
    this.enforcement = answer.session.enforcement;
    this.canary = answer.canary;
    this.delimiter = answer.delimiter;
    this.policy = answer.policy;
    this.believe(answer.session.state);
  }

  /** @internal Whether this pause holds the session here. */
  isPausedBy(orderId: string): boolean { return this.#pausedBy.has(orderId); }

  /** @internal */
  obey(event: 'halt' | 'pause' | 'resume', order: Order | undefined): void {
    if (event === 'halt') this.end('stopped');
    // Pauses overlap: each is lifted by the resume that names it, and by no other.
    else if (event === 'pause') this.#pausedBy.add(order?.id ?? 'unread');
    else if (order?.kind === 'resume') this.#pausedBy.delete(order.releases);
    this.emit(event, { order });
  }

  /** @internal */
  arrived(decision: unknown): boolean { return this.#inbox.arrived(decision); }

  /** @internal */
  policyChanged(policy: { version: string; sha256: string }): void {
    this.policy = policy;
    this.emit('policy', policy);
  }

  /** @internal What opens this session again, here or in the next process. */
  get reopen(): AgentEventBody<'session.open'> { return this.#open; }

  /** @internal */
  get saved(): SavedSession {
    const { purpose, principal, model } = this.#open;
    return { id: this.id, purpose, ...(principal ? { principal } : {}), ...(model === undefined ? {} : { model }), requests: this.#inbox.undelivered };
  }

  #call<N extends AgentEventName>(event: N, body: AgentEventBody<N>, options: CallOptions): Promise<AgentAnswer<N>> {
    return this.#port.call(event, body, options);
  }
}

/** Checks a body here, so that a mistake is named before it travels. */
export function parsed<N extends AgentEventName>(event: N, body: unknown): AgentEventBody<N> {
  const result = agentEventSchemas[event].safeParse(body);
  if (result.success) return result.data as AgentEventBody<N>;
  throw new InvalidRequest(`${event} cannot be sent as it is.`, result.error.issues.map((issue) => ({ path: issue.path.map((part) => `/${String(part)}`).join(''), message: issue.message })));
}

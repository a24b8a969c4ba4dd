import type { Args } from '@/lib/protocol';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { OfferedTool } from './tool-table';

export type KeptCall = { requestId: string; tool: OfferedTool; args: Args; collecting?: Promise<CallToolResult> | undefined };

/** How many undecided calls one client may leave behind; the oldest are forgotten first, and forgotten means never run. */
const MOST = 1_000;

/** Calls whose answer nobody waits for any more, so that they can be taken up again: by handle, or by making the same call. */
export class PendingCalls {
  readonly #byHandle = new Map<string, KeptCall>();
  readonly #abandoned = new Map<string, string>();
  readonly #digests = new Map<string, string>();

  /** Keeps a call under a handle; the same call keeps its handle. */
  keep(call: KeptCall): string {
    const there = this.#byHandle.get(call.requestId);
    if (!there) {
      this.#byHandle.set(call.requestId, call);
      if (this.#byHandle.size > MOST) this.#byHandle.delete(this.#byHandle.keys().next().value as string);
    }
    return call.requestId;
  }

  get(handle: string): KeptCall | undefined { return this.#byHandle.get(handle); }
  forget(handle: string): void { this.#byHandle.delete(handle); }

  waiting(digest: string, requestId: string): void { this.#digests.set(requestId, digest); }
  done(requestId: string): void { this.#digests.delete(requestId); }

  /** Its caller has stopped waiting; the question stands. */
  abandoned(requestId: string): void {
    const digest = this.#digests.get(requestId);
    if (digest === undefined) return;
    this.#digests.delete(requestId);
    this.#abandoned.set(digest, requestId);
    if (this.#abandoned.size > MOST) this.#abandoned.delete(this.#abandoned.keys().next().value as string);
  }

  /** The question that the same call has left standing, once. */
  resume(digest: string): string | undefined {
    const requestId = this.#abandoned.get(digest);
    this.#abandoned.delete(digest);
    return requestId;
  }
}

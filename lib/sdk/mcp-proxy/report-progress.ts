import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Progress, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';

/** Often enough for a client whose patience is a minute. */
const EVERY_MS = 5_000;

/** Keeps a client informed while a person decides, if it asked for that. What a child tells meanwhile goes on as numbers only: its words are not inspected. */
export function reportProgress(extra: Pick<RequestHandlerExtra<ServerRequest, ServerNotification>, '_meta' | 'sendNotification'>) {
  const progressToken = extra._meta?.progressToken;
  let timer: NodeJS.Timeout | undefined;
  let count = 0;
  const send = (message?: string, total?: number) => {
    if (progressToken === undefined) return;
    count += 1;
    extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress: count, ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message }) } }).catch(() => { /* The client is gone; its call ends by its own signal. */ });
  };
  const stop = () => clearInterval(timer);
  return {
    start(message: string): void {
      stop();
      send(message);
      timer = setInterval(() => send(message), EVERY_MS);
    },
    forward(_step: Progress): void { send(); },
    stop,
  };
}

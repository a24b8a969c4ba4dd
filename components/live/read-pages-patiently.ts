const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** What a gateway says for a console that is away. */
const AWAY = [502, 503, 504];

/**
 * Next gives a page up whose data it cannot read, and loads the address anew: from a console that is away that is the browser's own error
 * page, and STOP is gone with ours. So whatever reads a page waits until the console answers, and the page stays as it is. What is only
 * fetched ahead, and what acts, fails as ever. Returns what undoes it.
 */
export function readPagesPatiently(scope: { fetch: typeof fetch } = window): () => void {
  const { fetch } = scope;
  scope.fetch = async (input, init) => {
    if (!readsPage(init)) return fetch.call(scope, input, init);
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        const answer = await fetch.call(scope, input, init);
        if (!AWAY.includes(answer.status)) return answer;
      } catch (error) {
        // Nobody answered. Whatever else it is belongs to whoever asked.
        if (init?.signal?.aborted || !(error instanceof TypeError)) throw error;
      }
      await pause(wait, init?.signal);
    }
  };
  return () => { scope.fetch = fetch; };
}

function readsPage(init: RequestInit | undefined): boolean {
  const headers = new Headers(init?.headers);
  return headers.has('rsc') && !headers.has('next-action') && !headers.has('next-router-prefetch');
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason as Error); }, { once: true });
  });
}

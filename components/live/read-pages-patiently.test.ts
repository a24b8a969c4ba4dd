import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPagesPatiently } from './read-pages-patiently';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const away = () => Promise.reject(new TypeError('Failed to fetch'));
const page: RequestInit = { headers: { rsc: '1' } };

function scene(...answers: (() => Promise<Response>)[]) {
  const asked = vi.fn((() => (answers.length > 1 ? answers.shift()! : answers[0]!)()) as typeof fetch);
  const scope = { fetch: asked as typeof fetch };
  return { asked, scope, undo: readPagesPatiently(scope) };
}

describe('reading a page while the console is away', () => {
  it('waits until it answers, also where a gateway speaks for it', async () => {
    const { asked, scope } = scene(away, async () => new Response(null, { status: 502 }), away, async () => new Response('page'));
    const read = scope.fetch('/switches', page);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await (await read).text()).toBe('page');
    expect(asked).toHaveBeenCalledTimes(4);
  });

  it('hands on every other answer, an error of a page too', async () => {
    const { scope } = scene(async () => new Response(null, { status: 500 }));
    expect((await scope.fetch('/switches', page)).status).toBe(500);
  });

  it.each([
    ['what acts', { method: 'POST', headers: { rsc: '1', 'next-action': 'a' } }], ['what is fetched ahead', { headers: { rsc: '1', 'next-router-prefetch': '1' } }], ['what is no page', {}],
  ] satisfies [string, RequestInit][])('lets %s fail at once', async (_what, init) => {
    const { asked, scope } = scene(away);
    await expect(scope.fetch('/switches', init)).rejects.toThrow(TypeError);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('ends with whoever asked, and is undone', async () => {
    const { asked, scope, undo } = scene(away);
    const gone = new AbortController();
    const read = expect(scope.fetch('/switches', { ...page, signal: gone.signal })).rejects.toThrow('over');
    await vi.advanceTimersByTimeAsync(2_000);
    gone.abort(new Error('over'));
    await read;
    undo();
    expect(scope.fetch).toBe(asked);
  });
});

import type { Page } from '@playwright/test';

export type Sent = { url: string; headers: Record<string, string>; body: string };

/** What a page sends to the server, with these words in it, when `act` is done on it. Ask before acting. */
export async function catchSent(page: Page, holding: string, act: () => Promise<void>): Promise<Sent> {
  const sent = page.waitForRequest((request) => request.headers()['next-action'] !== undefined && (request.postData() ?? '').includes(holding));
  await act();
  const request = await sent;
  const headers = Object.fromEntries(Object.entries(request.headers()).filter(([name]) => ['next-action', 'next-router-state-tree', 'content-type', 'accept'].includes(name)));
  return { url: request.url(), headers, body: request.postData()! };
}

/** Sends the very same once more, as whoever is signed in on that page; resolves with what the server answered. */
export function sendAgain(page: Page, sent: Sent): Promise<string> {
  return page.evaluate(async ({ url, headers, body }) => (await fetch(url, { method: 'POST', headers, body })).text(), sent);
}

import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { connectAgent, countersign, newPerson, product, registerAgent, rest, signedIn, tokenFor } from './product';

/** In the page: what the browser's store holds of its stop key. */
declare function keptStopKey(): Promise<{ id: string; privateKey: CryptoKey } | undefined>;
const READ_STORE = `globalThis.keptStopKey = () => new Promise((resolve, reject) => {
  const open = indexedDB.open('countersign', 1);
  open.onupgradeneeded = () => { open.transaction?.abort(); };
  open.onerror = () => resolve(undefined);
  open.onsuccess = () => {
    const get = open.result.transaction('keys').objectStore('keys').get('this browser');
    get.onsuccess = () => { open.result.close(); resolve(get.result?.kind === 'key' ? get.result : undefined); };
    get.onerror = () => reject(get.error);
  };
})`;

/** What this browser keeps: the id of its key, and that the private half cannot be taken out. */
export const keptKey = async (page: Page): Promise<{ id: string; exported: 'held' | 'taken out' } | null> => {
  await page.evaluate(READ_STORE);
  return page.evaluate(async () => {
    const kept = await keptStopKey();
    if (!kept) return null;
    return { id: kept.id, exported: await crypto.subtle.exportKey('jwk', kept.privateKey).then(() => 'taken out' as const, () => 'held' as const) };
  });
};
export const holdsKey = (page: Page) => expect.poll(() => keptKey(page), { timeout: 20_000 }).toMatchObject({ exported: 'held' });

/** A stop of a session that is nobody's, signed by this browser's key and not sent. */
export const signedStop = async (page: Page): Promise<Record<string, string>> => {
  await page.evaluate(READ_STORE);
  return page.evaluate(async () => {
    const kept = (await keptStopKey())!;
    const base64url = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    // In the order of canonical JSON, which is what is signed.
    const claim = { keyId: kept.id, nonce: base64url(crypto.getRandomValues(new Uint8Array(16))), scope: 'session', target: crypto.randomUUID(), ts: new Date().toISOString() };
    const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, kept.privateKey, new TextEncoder().encode(JSON.stringify(claim)));
    return { ...claim, signature: base64url(new Uint8Array(signature)) };
  });
};

/** As a person does. On a slow machine the form may be sent before the page's script has taken it over: then it is filled in again. */
export async function signInHere(page: Page, person: { email: string; password: string }): Promise<void> {
  await expect(async () => {
    await page.goto(`${product.url}/`);
    if (new URL(page.url()).pathname === '/sign-in') {
      await page.getByLabel('E-mail').fill(person.email);
      await page.getByLabel('Password').fill(person.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL((url) => url.pathname !== '/sign-in', { timeout: 20_000 });
    }
    await signedIn(page);
  }).toPass({ timeout: 90_000 });
}

/** A device with its key, and an agent at work. */
export async function device(browser: Browser, name: string, role: string, viewport?: { width: number; height: number }) {
  const person = await newPerson(browser, name, role);
  const context = await browser.newContext(viewport ? { viewport } : {});
  const page = await context.newPage();
  await signInHere(page, person);
  await holdsKey(page);
  return { person, context, page };
}

/** Ends the sign-in on the server, as an administrator's press or time would: the device keeps its cookie, which opens nothing any more. */
export async function endSignIn(browser: Browser, context: BrowserContext): Promise<void> {
  const elsewhere = await browser.newContext();
  try {
    await elsewhere.addCookies(await context.cookies());
    const page = await elsewhere.newPage();
    await page.goto(`${product.url}/settings`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/, { timeout: 30_000 });
  } finally {
    await elsewhere.close();
  }
}

export async function working(name: string) {
  const agent = await connectAgent(await registerAgent(name, 'email:send:**'));
  const session = await agent.openSession({ purpose: 'Work until a device stops it' });
  const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
  return { agent, session, halted };
}

let token: Promise<string> | undefined;
/** What stands, as a script reads it. */
export async function standing(): Promise<{ id: string; scope: string }[]> {
  token ??= tokenFor(product.admin, 'e2e stop keys');
  return (await rest(await token, '/switches?state=standing')).body.items as { id: string; scope: string }[];
}

export async function release(contexts: BrowserContext[]): Promise<void> {
  for (const order of await standing()) if (order.scope === 'global') await countersign('release', order.id, '--break-glass', '--reason', 'The test is over.');
  await Promise.all(contexts.map((context) => context.close()));
}

/** Cuts this browser off: from the console alone, its pages and its socket, while control still answers; or from everything. */
export async function consoleDies(page: Page, { everything = false } = {}): Promise<() => Promise<void>> {
  let dead = false;
  const sockets: { close(): Promise<void> }[] = [];
  await page.routeWebSocket(/\/live\//, (socket) => {
    if (dead) return void socket.close();
    socket.connectToServer();
    sockets.push(socket);
  });
  return async () => {
    dead = true;
    await page.context().route((url) => everything || url.origin === new URL(product.url).origin, (route) => route.abort());
    await Promise.all(sockets.map((socket) => socket.close()));
  };
}

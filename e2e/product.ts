import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { AgentClient, type ConnectOptions } from '@/lib/sdk';

const given = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the global setup starts the product and says where it is.`);
  return value;
};

/** The running product, as the global setup left word of it. */
export const product = {
  get url() { return given('E2E_URL'); },
  get dataDir() { return given('E2E_DATA_DIR'); },
  get admin() { return { email: given('E2E_ADMIN_EMAIL'), password: given('E2E_ADMIN_PASSWORD') }; },
};

/** The product's own command line, on the host. Resolves with the JSON of its last line. */
export async function countersign(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli.js', ...args, '--json'], { env: { ...process.env, DATA_DIR: given('E2E_DATA_DIR'), PUBLIC_URL: product.url } });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

export type Credentials = { name: string; clientId: string; clientSecret: string; controlPin: string };

/** Registers an agent that belongs to nobody in particular, with a name no other test uses. */
export async function registerAgent(name: string, ...capabilities: string[]): Promise<Credentials> {
  const unique = `${name}-${randomUUID().slice(0, 6)}`;
  const made = await countersign('agent', 'create', '--name', unique, ...capabilities.flatMap((one) => ['--capability', one]));
  return { name: unique, ...(made as Omit<Credentials, 'name'>) };
}

/** Connects the real client as that agent. Close it when done. */
export function connectAgent({ clientId, clientSecret, controlPin }: Credentials, options: Partial<ConnectOptions> = {}): Promise<AgentClient> {
  return AgentClient.connect({ url: product.url, clientId, clientSecret, controlPin, instance: { name: 'e2e' }, ...options });
}

const cookies = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** Makes the page a signed-in person's: on the sign-in page the first time, by the same browser session afterwards. */
export async function signIn(page: Page, person = product.admin): Promise<void> {
  const kept = cookies.get(person.email);
  if (kept) return page.context().addCookies(kept);
  await signInOnPage(page, person);
  cookies.set(person.email, await page.context().cookies());
}

export const signedIn = (page: Page): Promise<void> => expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeAttached();

export async function signOut(page: Page): Promise<void> {
  await page.goto(`${product.url}/settings`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
}

const devices = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** Signs in on the page as a person does: with the browser that they used before, unless it is to be a new one. */
export async function signInOnPage(page: Page, person = product.admin, { as }: { as?: 'new browser' } = {}): Promise<void> {
  const known = devices.get(person.email);
  if (known && as !== 'new browser') await page.context().addCookies(known);
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  if (as !== 'new browser') devices.set(person.email, (await page.context().cookies()).filter((cookie) => cookie.name.endsWith('countersign.device')));
}

/** A person with a role, who set their own password by the link that an administrator would hand them. */
export async function newPerson(browser: Browser, name: string, role: string): Promise<{ name: string; email: string; password: string }> {
  const person = { name, email: `${name.toLowerCase().replace(/[^a-z]+/g, '.').replace(/^\.|\.$/g, '')}.${randomUUID().slice(0, 6)}@example.test`, password: `${randomUUID()} of ${name}` };
  const { link } = await countersign('user', 'create', '--email', person.email, '--name', name, '--role', role);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(String(link));
    for (const field of await page.locator('input[type="password"]').all()) await field.fill(person.password);
    await page.locator('form button[type="submit"]').click();
    await page.waitForURL(/sign-in/);
  } finally {
    await context.close();
  }
  return person;
}

/** A bearer token that speaks for this person, as somebody on the host makes it for a script. */
export async function tokenFor(person: { email: string }, name = 'a script'): Promise<string> {
  return String((await countersign('token', 'create', '--user', person.email, '--name', name)).token);
}

/** REST, as a script uses it: with a body it posts, without one it reads. */
export async function rest(token: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${product.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** What a page says when it breaks its own content policy, throws, or cannot load something. */
export function watchConsole(page: Page): string[] {
  const said: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') said.push(message.text()); });
  page.on('pageerror', (error) => said.push(String(error)));
  return said;
}

/** Until the page's own socket answers: hints only reach a page that listens. */
export async function live(page: Page): Promise<void> {
  await expect(page.locator('.freshness').first()).toContainText('Live');
}

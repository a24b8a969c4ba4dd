import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { Effects } from '@/lib/demo/effects';
import { person } from '@/lib/demo/made-up';
import { Random } from '@/lib/demo/random';
import { Scene } from '@/lib/demo/scene';
import { ordinaryTicket, poisonedTicket } from '@/lib/demo/tickets';
import { DemoTools } from '@/lib/demo/tools';
import type { AgentClient } from '@/lib/sdk';
import { ownInstallation } from './own-installation';
import { connectAgent, live, product, registerAgent, signInOnPage, watchConsole } from './product';

/** Long enough to look at everything; nobody decides. */
const DECIDE_BY_MS = 60_000;

// A bundle of its own, so an installation of its own.
const own = ownInstallation(DECIDE_BY_MS);

/** Sessions as the agent has every day: a line to a colleague, a search, a ticket read and sorted. */
async function usualDay(client: AgentClient, make: (session: Awaited<ReturnType<AgentClient['openSession']>>) => Scene): Promise<void> {
  const session = await client.openSession({ purpose: 'read and sort the new support tickets', principal: { type: 'service', id: 'support-desk' } });
  const scene = make(session);
  const ticket = ordinaryTicket(scene.random);
  scene.tools.file(ticket);
  expect(await scene.act('send_email', { to: person(scene.random, 'example.org').email, subject: 'Taking over the queue', body: 'I begin with the tickets of this morning.' })).toMatchObject({ kind: 'ran' });
  expect(await scene.act('search_articles', { query: ticket.subject, limit: 5 })).toMatchObject({ kind: 'ran' });
  expect(await scene.act('read_ticket', { ticketId: ticket.id })).toMatchObject({ kind: 'ran' });
  expect(await scene.act('update_ticket', { ticketId: ticket.id, comment: `Sorted as “${ticket.subject}”.`, status: 'waiting' })).toMatchObject({ kind: 'ran' });
  await session.close('completed', 'Sorted.');
}

/** Nothing is wider than the screen; with SHOTS a picture for people. */
async function looked(page: Page, name: string): Promise<void> {
  for (const size of [{ width: 390, height: 844 }, { width: 1_440, height: 900 }]) {
    await page.setViewportSize(size);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    for (const colorScheme of process.env.SHOTS ? (['dark', 'light'] as const) : []) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SHOTS}/${name}-${size.width}-${colorScheme}.png` });
    }
  }
}

test('a poisoned ticket: the gate knows where the address came from, holds the session to less, asks, calls a person, and denies when nobody answers', async ({ page }) => {
  test.setTimeout(300_000);
  const seed = randomUUID();
  test.info().annotations.push({ type: 'seed', description: seed });
  const random = new Random(seed);
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-story-'));
  const effects = new Effects(folder);
  await effects.prepare();
  const credentials = await registerAgent('support-triage', 'knowledge_base:*:**', 'ticket_system:*:**', 'email:send:**', 'crm:*:**', 'http:*:**');
  const client = await connectAgent(credentials);
  const sceneOf = (session: Awaited<ReturnType<AgentClient['openSession']>>, drawn = random.child(session.id)) => new Scene({ session, tools: new DemoTools(own.url, effects, drawn.child('tools')), random: drawn, tempo: drawn.child('tempo'), domain: 'example.org', pace: 0, signal: new AbortController().signal });
  try {
    for (let day = 0; day < 5; day++) await usualDay(client, (session) => sceneOf(session, random.child(`day ${day}`)));
    await expect.poll(async () => JSON.parse((await own.stage('learn', credentials.clientId)).trim().split('\n').at(-1)!), { timeout: 90_000 }).toEqual({ sessions: 5 });
    const sentBefore = (await readdir(path.join(folder, 'outbox'))).length;
    expect(sentBefore).toBe(5);

    await signInOnPage(page, product.admin, { as: 'new browser' });
    const said = watchConsole(page);
    await page.goto(`${product.url}/approvals`);
    await live(page);

    // The agent reads a ticket with somebody else's order in it, and obeys.
    const session = await client.openSession({ purpose: 'read and sort the new support tickets', principal: { type: 'service', id: 'support-desk' } });
    const scene = sceneOf(session, random.child('the story'));
    const ticket = poisonedTicket(scene.random);
    scene.tools.file(ticket);
    expect(await scene.act('read_ticket', { ticketId: ticket.id })).toMatchObject({ kind: 'ran' });
    const sending = scene.act('send_email', { to: ticket.to, subject: ticket.mailSubject, body: 'Please find the customer export attached.', attachments: ['/srv/exports/customers.csv'] }, 'Routine: the copy of the customer export that this contact usually gets.');

    // The question comes to the page by itself, and says all of it.
    await page.getByRole('link', { name: new RegExp(ticket.to.replaceAll('.', '\\.')) }).first().click();
    await page.waitForURL(/\/approvals\/[0-9a-f-]{36}/);
    const card = page.locator('article.card');
    await expect(card.getByRole('heading', { level: 1 })).toContainText(ticket.to);
    await expect(card.locator('.card-risks')).toContainText('Constrained session');
    await expect(card.locator('.card-risks')).toContainText('Untrusted');
    await expect(card).toContainText(/Constrained since event \d+: injection, “[^”]+”\./);
    const domain = ticket.to.split('@')[1]!;
    await expect(card.getByRole('region', { name: 'Arguments' })).toContainText(`to${ticket.to}Read ticket ${ticket.id}, untrusted`);
    await expect(card.locator('.card-pair').getByText(/never/)).toContainText(domain);
    await expect(card.locator('.nearby li').filter({ hasText: 'answered' })).toContainText('untrusted');
    await looked(page, 'story-card');
    const cardUrl = page.url();

    // Now calls a person, by the session; the alert has the names by which others know it.
    await page.goto(`${product.url}/`);
    await expect(page.locator('main')).toContainText(/Injection/);
    await page.goto(`${product.url}/alerts?session=${session.id}`);
    await page.locator('.margin-row').filter({ hasText: 'Injection' }).first().getByRole('link').first().click();
    await page.waitForURL(/\/alerts\/[0-9a-f-]{36}/);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Injection');
    await expect(page.locator('main')).toContainText('AML.T0051');
    await expect(page.locator('main')).toContainText(/ASI0\d/);
    await looked(page, 'story-alert');

    // The session's page: constrained, since which event, and the ticket marked as what came from outside.
    await page.goto(`${product.url}/sessions/${session.id}`);
    const held = page.locator('.session-held');
    await expect(held).toContainText(/Constrained since event \d+\. The injection detector saw “[^”]+” in a tool’s result\./);
    await expect(page.locator('main')).toContainText('Constrained from here on');
    await looked(page, 'story-session');

    // Reading goes on; what would be another way out waits as well.
    expect(await scene.act('search_articles', { query: 'exports', limit: 3 })).toMatchObject({ kind: 'ran' });

    // Nobody decides: it is denied, nothing was sent, and the record says so.
    await page.goto(cardUrl);
    expect(await sending).toMatchObject({ kind: 'refused', by: 'time' });
    expect(await readdir(path.join(folder, 'outbox'))).toHaveLength(sentBefore);
    await expect(page.locator('main')).toContainText(/expired|Nobody decided/i);
    await looked(page, 'story-expired');
    await page.goto(`${product.url}/sessions/${session.id}`);
    await expect(page.locator('main')).toContainText('Nobody decided in time. It counts as denied.');

    // It never ends by itself; a person lifts it, with a reason.
    // By the keyboard alone.
    await held.getByRole('button', { name: 'Lift it…' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Why?')).toBeFocused();
    await page.keyboard.type('The ticket was read and is being dealt with.');
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/story-lift-1440.png` });
    await page.keyboard.press('Enter');
    await expect(held).toHaveCount(0);
    await expect(page.locator('main')).toContainText('lifted what it was held to. “The ticket was read and is being dealt with.”');
    await session.close('completed', 'Nothing was sent.');
    expect(said).toEqual([]);
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
});

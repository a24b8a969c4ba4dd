import { expect, test } from '@playwright/test';
import { registerPasskey } from './authenticator';
import { connectAgent, countersign, newPerson, product, registerAgent, rest, signInOnPage, tokenFor, watchConsole } from './product';
import { catchSent, sendAgain } from './replay';

const checklist = ['cause_known', 'cause_removed', 'evidence_kept', 'owners_told'];

type Order = { id: string; state: { state: string; pending?: { by: { name: string }; checklist: string[]; reason: string | null; persons: number } } };

test('a release that a token asked for is finished by its person with a passkey: exactly that, once, and by nobody else', async ({ browser, page }) => {
  test.setTimeout(180_000);
  const owner = await newPerson(browser, 'Script Owner', 'responder');
  const second = await newPerson(browser, 'Other Responder', 'responder');
  const [token, registered] = [await tokenFor(owner, 'night script'), await registerAgent('scripted', 'email:send:**')];
  const agent = await connectAgent(registered);
  const elsewhere = await browser.newContext();
  const orderOf = async (id: string) => ((await rest(token, '/switches?state=all')).body.items as Order[]).find((one) => one.id === id)!;
  let standing: string | undefined;
  try {
    const session = await agent.openSession({ purpose: 'Be stopped by a script' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    const engaged = await rest(token, '/switches', { scope: 'agent', target: registered.clientId });
    expect(engaged.status).toBe(202);
    const { id } = engaged.body.order as Order;
    standing = id;
    await halted;

    const ask = { checklist, reason: 'The list of recipients was mended.' };
    const left = await rest(token, `/switches/${id}/release`, ask);
    expect(left).toMatchObject({ status: 403, body: { code: 'step_up_required', detail: expect.stringContaining('Finish it in the console') } });
    const url = String(left.body.url);
    expect(url).toMatch(new RegExp(`^${product.url}/pending/[0-9a-f-]{36}$`));
    // A script that tries again leaves one request, and nothing has happened.
    expect((await rest(token, `/switches/${id}/release`, ask)).body.url).toBe(url);
    expect((await orderOf(id)).state.state).toBe('engaged');

    const otherPage = await elsewhere.newPage();
    await signInOnPage(otherPage, second);
    await otherPage.goto(url);
    await expect(otherPage.getByRole('heading', { name: 'Nothing is here.' })).toBeVisible();
    await expect(otherPage.locator('body')).not.toContainText('night script');

    const said = watchConsole(page);
    await signInOnPage(page, owner);
    // Without a passkey the page leads to where one is registered.
    await page.goto(url);
    const note = page.getByRole('region', { name: 'The request' });
    await expect(note).toContainText('Your token night script asked for this');
    await expect(note).toContainText('“The list of recipients was mended.”');
    await expect(page.getByRole('heading', { level: 1 })).toContainText(registered.name);
    await page.getByRole('button', { name: 'Ask for the release' }).click();
    await expect(page.getByRole('link', { name: 'Register a passkey' })).toBeVisible();
    await registerPasskey(page, 'Key of the owner');
    await page.goto(url);
    const finished = await catchSent(page, 'challengeId', () => page.getByRole('button', { name: 'Ask for the release' }).click());
    await expect(note).toContainText('You finished this request.');
    await expect(page.getByRole('button', { name: 'Ask for the release' })).toHaveCount(0);
    expect((await orderOf(id)).state).toMatchObject({ state: 'release_requested', pending: { ...ask, by: { name: 'Script Owner' }, persons: 2 } });
    expect(said).toEqual([]);

    // The same press sent once more, and the script's own next try: each is refused with a sentence.
    expect(await sendAgain(page, finished)).toContain('This was finished already.');
    expect(await rest(token, `/switches/${id}/release`, ask)).toMatchObject({ status: 409, body: { detail: 'Its release was asked for already; somebody else has to agree.' } });

    // It is a release like any other: somebody else agrees, and the agent may begin anew.
    await registerPasskey(otherPage, 'Key of the other');
    await otherPage.goto(`${product.url}/switches/${id}`);
    await otherPage.getByRole('button', { name: 'Countersign the release' }).click();
    await expect(otherPage.locator('h1').first()).toContainText('Released');
    standing = undefined;
    await (await agent.openSession({ purpose: 'After the release' })).close('abandoned');
  } finally {
    if (standing) await countersign('release', standing, '--break-glass', '--reason', 'The test that stopped it failed.');
    await Promise.all([elsewhere.close(), agent.close()]);
  }
});

test('what a token asked for can be let be, and then it waits no more', async ({ browser, page }) => {
  const owner = await newPerson(browser, 'Thinks Again', 'responder');
  const token = await tokenFor(owner);
  const agent = await connectAgent(await registerAgent('let-be', 'email:send:**'));
  try {
    const session = await agent.openSession({ purpose: 'Stay stopped' });
    const halted = new Promise<void>((resolve) => session.on('halt', () => resolve()));
    const { id } = (await rest(token, '/switches', { scope: 'session', target: session.id })).body.order as Order;
    await halted;
    const first = await rest(token, `/switches/${id}/release`, { checklist });
    await signInOnPage(page, owner);
    await page.goto(String(first.body.url));
    await page.getByRole('button', { name: 'Keep it stopped' }).click();
    await expect(page.getByRole('region', { name: 'The request' })).toContainText('Nothing was done.');
    await expect(page.getByRole('button', { name: 'Release…' })).toHaveCount(0);
    // Asked anew it is another request.
    expect((await rest(token, `/switches/${id}/release`, { checklist })).body.url).not.toBe(first.body.url);
  } finally {
    await agent.close();
  }
});

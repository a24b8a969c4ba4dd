import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { LiveProvider } from '@/components/live/live-provider';
import type { KeyView } from '@/lib/keys/schema';
import { KeyList } from './key-list';

const now = new Date('2026-05-04T12:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
const view = (more: Partial<KeyView> & Pick<KeyView, 'name' | 'kid'>): KeyView => ({ state: 'signs', createdAt: ago(40), signsFrom: null, overlapUntil: null, uses: 182_450, firstUsedAt: ago(40), lastUsedAt: ago(0.001), publicKey: null, ...more });
const keys: KeyView[] = [
  view({ name: 'agent-token', kid: '2ksTzLTPCpUaHkn5dZZT5UWTS2tyjCPUSEJtKp5rY2U', createdAt: ago(400) }),
  view({ name: 'permit', kid: 'b7cWxR1ZtT0S9qUu2YJr5S1qT6l6tJYvM8Tq0m9dKQE', uses: 12, createdAt: ago(0.01), firstUsedAt: ago(0.009) }),
  view({ name: 'permit', kid: '0AqHrjHn3mQ5e5yT7mSg9CzvQv7rWkB2tYk1nLwPz8s', state: 'verifies', overlapUntil: new Date(now.getTime() + 480_000).toISOString() }),
  view({ name: 'control/order', kid: 'wVqS0E0u7Y0e0Yk2m3a7J1gqDq5rB0sQd7nUXo8fZpA', state: 'waits', createdAt: ago(0.1), uses: 0, firstUsedAt: null, lastUsedAt: null, publicKey: 'Jv7Vt0mXo8W7c0xq3C5l8kZsA1dQf2eRg4hTjYuIoPw' }),
  view({ name: 'control/order', kid: 'Qm3nB5vC7xZ9aSdFgHjKlQwErTyUiOp1234567890aB', overlapUntil: new Date(now.getTime() + 480_000).toISOString(), uses: 31, publicKey: 'c2Vjb25kLXBpbi1vZi10aGUtb2xkLWtleS1oZXJlLTE' }),
  view({ name: 'bundle', kid: 'Zx8cVb6nM4qW2eR0tY9uI7oP5aS3dF1gH0jK8lL6zXc', uses: 3 }),
  view({ name: 'checkpoint', kid: 'Tt9yU7iO5pA3sD1fG0hJ8kL6zX4cV2bN9mQ7wE5rT3y', uses: 57_600, publicKey: 'Y2hlY2twb2ludC1rZXktZm9yLXZlcmlmeS1oZXJlLTE' }),
  view({ name: 'payload-wrapping', kid: '9f0c4be27d13a86e', uses: 4_031 }),
  view({ name: 'auth', kid: '51be07aa93cd2f64', uses: 0, firstUsedAt: null, lastUsedAt: null }),
];
const shown = (authInEnvironment = false) => renderToStaticMarkup(<LiveProvider renderedAt={now.getTime()} still={{ phase: 'live', heardAgoMs: 0 }}><KeyList keys={keys} now={now.toISOString()} authInEnvironment={authInEnvironment} /></LiveProvider>);
const part = (html: string, id: string) => html.slice(html.indexOf(`id="${id}"`), html.indexOf('</article>', html.indexOf(`id="${id}"`)));

describe('the page of keys', () => {
  const html = shown();

  it('says of each key what it signs, who holds it, its age and its use, and writes no style into the page', () => {
    expect(part(html, 'agent-token')).toContain('What agents show when they connect. Held by the gateway.');
    expect(part(html, 'agent-token')).toContain('182,450 uses');
    expect(part(html, 'agent-token')).toContain('since 2025-03-30');
    expect(part(html, 'credential-wrapping')).toContain('There is none yet');
    expect(html).not.toMatch(/ style="|<style/);
  });

  it('says which of two signs, and until when the old one is good', () => {
    expect(part(html, 'permit')).toContain('signs now');
    expect(part(html, 'permit')).toMatch(/old: still good until .*12:08/);
    expect(part(html, 'control-order')).toContain('new: signs once the old one is retired');
    expect(part(html, 'control-order')).toContain('old: still signs');
    expect(part(html, 'control-order').match(/Pin for agents/g)).toHaveLength(2);
  });

  it('has a sentence about a key that is old, and one about a key that nobody uses', () => {
    expect(part(html, 'agent-token')).toContain('Older than a year');
    expect(part(html, 'auth')).toContain('Never used since it was made');
    expect(part(html, 'bundle')).not.toMatch(/Older than|Never used/);
    expect(part(shown(true), 'auth')).toContain('AUTH_SECRET in the environment');
  });
});

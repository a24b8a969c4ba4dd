import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mailOf } from './kinds/email';
import { pagerDutyMessage } from './kinds/pagerduty';
import { slackMessage } from './kinds/slack';
import { webhookMessage } from './kinds/webhook';
import { escapeHtml, escapeSlack, plainText } from './plain-text';
import { isQuiet, loudFrom } from './quiet-hours';
import { backoffMs, fateOf, FINAL_AGE_MS, judgeAnswer, windowMs } from './rules';
import { channelNameSchema, mailboxSchema, noticeBodySchema, quietSchema, type NoticeBody } from './schema';
import { sentenceOf, severityOf } from './sentences';
import { signatureHeader, verifySignature } from './signature';

const body = (more: Partial<Extract<NoticeBody, { type: 'approval.asked' }>> = {}): NoticeBody => ({
  version: 1, id: '0198c5a0-7b1e-7c3a-9f00-3b1d2e4f5a6b', at: '2026-11-26T18:00:00.000Z', environment: 'prod', channel: 'sec', url: 'https://console.example.org/approvals/0198c5a0', type: 'approval.asked',
  approvalId: '0198c5a0', risk: 'high', agent: 'support', tool: 'send_email', classes: ['external-communication'], routes: ['desk'], title: 'Send to a@b.example', decideBy: '2026-11-26T18:05:00.000Z', ...more,
});
const foreign = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '\u202e', '\u200b', '<', '>', '&', '"', '\u2028', '\u0000', '\ud800', '*', '`', '|'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 400 });

describe('the signature', () => {
  it('is the one that the documentation describes, by a vector worked out with another tool', () => {
    // printf '%s' '1764180000.{"a":1}' | openssl dgst -sha256 -hmac 'cs_whsec_test'
    expect(signatureHeader(['cs_whsec_test'], '{"a":1}', new Date(1_764_180_000_500))).toBe(`t=1764180000,v1=8a62225b736f76cdfe6c619b59b38b2d28061f9d64622f97f779ef4bc091688e`);
  });

  it('has one v1 for each live secret, and either verifies it; a changed byte, time or secret does not', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.string(), fc.integer({ min: 0, max: 4e9 }), (one, two, text, seconds) => {
      const now = new Date(seconds * 1_000);
      const header = signatureHeader([one, two], text, now);
      expect(header.match(/v1=/g)).toHaveLength(2);
      expect([one, two].every((secret) => verifySignature(secret, header, text, now))).toBe(true);
      expect(verifySignature(one, header, `${text}x`, now)).toBe(false);
      expect(verifySignature(`${one}${two}x`, header, text, now)).toBe(false);
      expect(verifySignature(one, header, text, new Date(now.getTime() + 301_000))).toBe(false);
      expect(verifySignature(one, header.replace(/t=\d+/, `t=${seconds + 1}`), text, now)).toBe(false);
    }));
    expect(['', 't=', 'v1=', 't=x,v1=y', 't=1', `t=1,${'v1=,'.repeat(10_000)}`].some((header) => verifySignature('s', header, '', new Date(1_000)))).toBe(false);
  });
});

describe('texts of others', () => {
  it('come out as one line in which nothing is unseen, within their length', () => {
    fc.assert(fc.property(foreign, fc.integer({ min: 1, max: 200 }), (text, longest) => {
      const shown = plainText(text, longest);
      expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(shown.length).toBeLessThanOrEqual(longest + 1);
    }), { numRuns: 500 });
    expect(plainText('pay\u202e\u2066 gnp.exe\r\nBcc: x')).toBe('pay\\u{202e}\\u{2066} gnp.exe\\u{d}\\u{a}Bcc: x');
    expect(plainText('größer 🎉 日本')).toBe('größer 🎉 日本');
  });

  it('take no time however long they are', () => {
    const long = ['\u202e', 'a', '<'].map((one) => Buffer.alloc(9_000_000, one).toString('utf8'));
    const began = performance.now();
    for (const text of long) plainText(text);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('steer nothing in Slack: no mention, no link but ours, no title, no argument', () => {
    fc.assert(fc.property(foreign, (text) => {
      const said = plainText(text, 120);
      const message = JSON.parse(slackMessage(body({ agent: said, tool: said, routes: [said], title: `secret ${said}` }), 'https://hooks.slack.com/x').body) as { text: string; blocks: { text?: { type: string }; elements?: { text: string }[] }[] };
      expect(message.text).not.toMatch(/[<>]/);
      expect(message.text.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
      expect(message.blocks[0]!.text!.type).toBe('plain_text');
      expect(message.blocks[1]!.elements![0]!.text).toBe('<https://console.example.org/approvals/0198c5a0|Open in Countersign> · prod');
      expect(JSON.stringify(message)).not.toContain('secret ');
    }));
    expect(escapeSlack('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  it('make no header and no markup of a mail', () => {
    fc.assert(fc.property(foreign, (text) => {
      const mail = mailOf(body({ agent: text, title: text, tool: text }), { from: 'a@example.org', to: ['b@example.org'] });
      expect(mail.subject).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(mail.html.replaceAll(/<\/?p>|<a href="[^"<>]*">|<\/a>/g, '')).not.toMatch(/[<>"']/);
    }));
    expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe('&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;');
    expect(['a@example.org\r\nBcc: x@y.example', 'a@example.org, b@example.org', '"x" <a@example.org>'].some((one) => mailboxSchema.safeParse(one).success)).toBe(false);
  });

  it('say class and risk to a pager, under one key for the question', () => {
    const page = (act: 'trigger' | 'resolve') => JSON.parse(pagerDutyMessage(body(), { act, subject: 'approval:1' }, { address: 'https://events.pagerduty.com/v2/enqueue', key: 'k'.repeat(32) }).body) as Record<string, unknown>;
    expect(page('trigger')).toMatchObject({ event_action: 'trigger', dedup_key: 'countersign/prod/approval:1', payload: { severity: 'error', source: 'console.example.org', summary: 'High risk: support wants to call send_email (external-communication) and waits for a person (desk).' } });
    expect(page('resolve')).toEqual({ routing_key: 'k'.repeat(32), dedup_key: 'countersign/prod/approval:1', event_action: 'resolve' });
    expect(severityOf(body({ risk: 'critical' }))).toBe('critical');
  });

  it('reach a webhook as they are documented, with the id of the notice', () => {
    const message = webhookMessage(body(), { address: 'https://x.example/', signing: ['s'] }, new Date(0));
    expect(noticeBodySchema.parse(JSON.parse(message.body))).toEqual(body());
    expect(message.headers).toMatchObject({ 'countersign-id': body().id, 'countersign-signature': `t=0,v1=${createHmac('sha256', 's').update(`0.${message.body}`).digest('hex')}` });
    expect(sentenceOf({ ...body(), type: 'approvals.more', groupId: 'g', routes: ['desk'], waiting: 37, risk: 'high' } as NoticeBody)).toBe('37 more wait for a person (desk), high risk at most.');
  });
});

describe('trying again', () => {
  it('waits twice as long each time, a fifth more or less, ten minutes at most, and as long as it is asked to', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (attempts, chance) => {
      const ms = backoffMs(attempts, chance);
      const steady = Math.min(600_000, 5_000 * 2 ** (attempts - 1));
      expect(ms).toBeGreaterThanOrEqual(Math.floor(steady * 0.8));
      expect(ms).toBeLessThanOrEqual(Math.ceil(steady * 1.2));
    }));
    expect([1, 2, 3, 8, 99].map((n) => backoffMs(n, 0.5))).toEqual([5_000, 10_000, 20_000, 600_000, 600_000]);
    expect(backoffMs(1, 0.5, 90_000)).toBe(90_000);
    expect(backoffMs(1, 0.5, 1e9)).toBe(600_000);
  });

  it('ends at the final age, at what will not change, and after one try of a test', () => {
    const failed = judgeAnswer(503, '7');
    expect(failed).toMatchObject({ ok: false, final: false, retryAfterMs: 7_000 });
    expect(fateOf(failed, { attempts: 1, ageMs: 0, test: false }, 0.5)).toEqual({ state: 'waiting', inMs: 7_000 });
    expect(fateOf(failed, { attempts: 300, ageMs: FINAL_AGE_MS - 1, test: false }, 0.5)).toEqual({ state: 'dead' });
    expect(fateOf(failed, { attempts: 1, ageMs: 0, test: true }, 0.5)).toEqual({ state: 'dead' });
    for (const status of [301, 302, 307, 400, 410, 413]) expect(fateOf(judgeAnswer(status, undefined), { attempts: 1, ageMs: 0, test: false }, 0.5)).toEqual({ state: 'dead' });
    for (const status of [401, 404, 408, 429, 500]) expect(fateOf(judgeAnswer(status, undefined), { attempts: 1, ageMs: 0, test: false }, 0.5).state).toBe('waiting');
    for (const status of [200, 202, 204]) expect(judgeAnswer(status, undefined)).toEqual({ ok: true, status });
    expect(judgeAnswer(429, 'Fri, 31 Dec 1999 23:59:59 GMT')).not.toHaveProperty('retryAfterMs');
    expect([0, 1, 2, 9].map((rounds) => windowMs(60, rounds))).toEqual([60_000, 120_000, 240_000, 900_000]);
    expect(windowMs(3_600, 5)).toBe(3_600_000);
  });
});

describe('quiet hours', () => {
  const berlin = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
  it('end by the clock on the wall, also in the nights in which it is changed', () => {
    expect(loudFrom(berlin, new Date('2026-11-26T23:30:00Z')).toISOString()).toBe('2026-11-27T06:00:00.000Z');
    // Put forward at 02:00: that night is an hour shorter.
    expect(loudFrom(berlin, new Date('2026-03-28T22:00:00Z')).toISOString()).toBe('2026-03-29T05:00:00.000Z');
    // Put back at 03:00: an hour longer.
    expect(loudFrom(berlin, new Date('2026-10-24T21:00:00Z')).toISOString()).toBe('2026-10-25T06:00:00.000Z');
    // What ends within the hour that there is twice ends in its first, and what ends in the hour that there is not ends when that is over.
    expect(loudFrom({ ...berlin, to: '02:30' }, new Date('2026-10-24T22:00:00Z')).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(loudFrom({ ...berlin, to: '02:30' }, new Date('2026-03-28T22:00:00Z')).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(isQuiet(berlin, new Date('2026-11-27T06:00:00Z'))).toBe(false);
    expect(isQuiet(berlin, new Date('2026-11-26T21:00:00Z'))).toBe(true);
    expect(loudFrom({ from: '12:00', to: '13:30', timeZone: 'Asia/Kathmandu' }, new Date('2026-11-26T06:30:00Z')).toISOString()).toBe('2026-11-26T07:45:00.000Z');
    expect(loudFrom({ from: '22:00', to: '02:10', timeZone: 'Antarctica/Troll' }, new Date('2026-03-28T23:00:00Z')).toISOString()).toBe('2026-03-29T01:00:00.000Z');
  });

  it('are over at the first minute that is not quiet, wherever and whenever', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Chatham', 'Antarctica/Troll', 'UTC', 'America/New_York');
    const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
    fc.assert(fc.property(zone, clock, clock, fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }), (timeZone, from, to, at) => {
      fc.pre(from !== to);
      const quiet = { from, to, timeZone };
      const loud = loudFrom(quiet, at);
      if (!isQuiet(quiet, at)) { expect(loud).toEqual(at); return; }
      expect(isQuiet(quiet, loud)).toBe(false);
      expect(isQuiet(quiet, new Date(loud.getTime() - 60_000))).toBe(true);
      expect(loud.getTime() - at.getTime()).toBeLessThanOrEqual(27 * 60 * 60_000);
    }), { numRuns: 300 });
    expect(loudFrom(undefined, new Date(5))).toEqual(new Date(5));
  });

  it('and names are taken as they are meant, or not at all', () => {
    expect(quietSchema.safeParse({ from: '22:00', to: '22:00', timeZone: 'UTC' }).success).toBe(false);
    expect(quietSchema.safeParse({ from: '24:00', to: '07:00', timeZone: 'UTC' }).success).toBe(false);
    expect(quietSchema.safeParse({ from: '22:00', to: '07:00', timeZone: 'Mars/Olympus' }).success).toBe(false);
    expect(['sec-oncall', 'a', 'x_1'].every((name) => channelNameSchema.safeParse(name).success)).toBe(true);
    expect(['', 'Sec', '-a', 'a b', 'a\n', 'ä', 'a'.repeat(65)].some((name) => channelNameSchema.safeParse(name).success)).toBe(false);
  });
});

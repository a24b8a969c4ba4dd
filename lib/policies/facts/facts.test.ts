import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CedarRecord } from '../cedar/value-type';
import { asciiDomain, insideOf, registrableDomain } from './domain';
import { factReaders } from './index';

const inside = insideOf(['example.org']);
function read(format: keyof typeof factReaders, raw: unknown): CedarRecord | string {
  const reading = factReaders[format].read(raw, inside);
  return reading.ok ? (reading.value as CedarRecord) : `refused: ${reading.message}`;
}
const refused = expect.stringMatching(/^refused/);

describe('email-list', () => {
  it.each([
    ['a@example.org', { addresses: ['a@example.org'], external: false, count: 1 }],
    ['Ann B <Ann@Example.org>', { addresses: ['ann@example.org'], external: false }],
    ['evil@x.test, a@example.org', { domains: ['x.test', 'example.org'], external: true, externalDomains: ['x.test'] }],
    ['a@example.org.evil.test', { registrable: ['evil.test'], external: true }],
    ['a@notexample.org', { external: true }],
    ['a@deep.mail.example.org', { external: false }],
    ['a@bücher.de', { domains: ['xn--bcher-kva.de'] }],
    ['a@exаmple.org', { external: true, domains: ['xn--exmple-4nf.org'] }],
    [['a@example.org', 'A@EXAMPLE.ORG'], { count: 1 }],
  ])('reads %j', (raw, expected) => expect(read('email-list', raw)).toMatchObject(expected));

  it.each([
    'evil@x, a@example.org', '"evil@x.test, "@example.org', '"a@example.org" <evil@x.test>', '"a@example.org, " <evil@x.test>', 'a@example.org <evil@x.test>', 'a@example.org;evil@x.test',
    'a@example.org\nBcc: evil@x.test', 'a(evil@x.test)@example.org', 'team: a@example.org;', 'a@[127.0.0.1]', 'a@ｅxample.org', 'a@ex%61mple.org', 'a@example。org', 'a@exam\u200bple.org', 'a\u202e@example.org',
    'a@example.org?cc=evil@x.test', 'mailto:a@example.org', 'a@localhost', '', ' ', [], ['a@example.org', 5], 5, null, { to: 'a@example.org' }, 'a@@example.org', 'a@example..org', 'a@-x.org',
  ])('refuses %j', (raw) => expect(read('email-list', raw)).toEqual(refused));

  const local = fc.stringMatching(/^[a-z][a-z0-9._+-]{0,10}$/).filter((text) => !/\.\.|\.$/.test(text));
  const stranger = fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `${name}.test`);
  const separator = fc.constantFrom(', ', ',', ' , ', '; ', ' ', '\n', ',,', '\t', ',\u00a0');
  const wrapped = (address: string, shape: number) => [address, `<${address}>`, `Name <${address}>`, `"Na, me" <${address}>`, `"x@example.org" <${address}>`, `(x@example.org) ${address}`, `g: ${address};`][shape] ?? address;

  it('never calls a list internal that carries a stranger’s address, however it is dressed', () => {
    fc.assert(
      fc.property(local, stranger, fc.array(local, { maxLength: 3 }), separator, fc.nat(6), fc.boolean(), (who, domain, own, between, shape, first) => {
        const evil = wrapped(`${who}@${domain}`, shape);
        const friends = own.map((name) => `${name}@example.org`);
        const facts = read('email-list', (first ? [evil, ...friends] : [...friends, evil]).join(between));
        return typeof facts === 'string' || (facts.external === true && (facts.externalDomains as string[]).includes(domain));
      }),
      { numRuns: 2_000 },
    );
  });
  it('keeps its word on any text: a fact of the fixed shape, or a refusal', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => text.replaceAll('x', '@')), (text) => {
      const facts = read('email-list', text);
      return typeof facts === 'string' || (Object.keys(facts).length === 6 && (facts.addresses as string[]).every((address) => /^[^@\s,<>"]+@[a-z0-9_.-]+$/u.test(address)));
    }), { numRuns: 2_000 });
  });
});

describe('url', () => {
  it.each([
    ['https://example.org/x', { external: false, private: false, hosts: ['example.org'] }],
    ['https://EXAMPLE.org.:8443/', { external: false, hosts: ['example.org'] }],
    ['https://a.b.co.uk', { domains: ['b.co.uk'], external: true }],
    ['http://2130706433/', { private: true, hosts: ['127.0.0.1'] }],
    ['http://0177.0.0.1/', { private: true, hosts: ['127.0.0.1'] }],
    ['http://0x7f.1/', { private: true }],
    ['http://[::ffff:169.254.169.254]/', { private: true, hosts: ['169.254.169.254'] }],
    ['http://[64:ff9b::7f00:1]/', { private: true }],
    ['http://[2002:7f00:1::]/', { private: true }],
    ['http://[fd00::1]/', { private: true }],
    ['http://100.64.0.1', { private: true }],
    ['http://0/', { private: true }],
    ['http://metadata.google.internal/', { private: true }],
    ['http://printer/', { private: true }],
    ['https://1.1.1.1', { private: false, address: true, external: true }],
    ['https://evil.test/?u=@example.org', { hosts: ['evil.test'], external: true }],
    [['https://example.org', 'https://evil.test'], { external: true, externalDomains: ['evil.test'], count: 2 }],
  ])('reads %j', (raw, expected) => expect(read('url', raw)).toMatchObject(expected));

  it.each([
    'https://example.org@evil.test/', 'https://example.org:443@evil.test', 'https://ex%61mple.org/', 'https://example.org\\@evil.test', 'https:example.org', 'https:///example.org', '//example.org', 'example.org', 'javascript:alert(1)',
    'file:///etc/passwd', 'data:text/html,x', ' https://example.org', 'https://exam\tple.org', 'https://ｅxample.org', 'https://example。org/', 'https://exam\u00adple.org', 'http://[fe80::1%25eth0]/', 'https://', '', [], 7,
  ])('refuses %j', (raw) => expect(read('url', raw)).toEqual(refused));

  it('knows every spelling of a private IPv4 address', () => {
    const octet = fc.nat(255);
    const base = (n: number, radix: number) => (radix === 16 ? `0x${n.toString(16)}` : radix === 8 ? `0${n.toString(8)}` : String(n));
    fc.assert(fc.property(fc.constantFrom([127], [10], [192, 168], [169, 254], [172, 16]), octet, octet, octet, fc.constantFrom(8, 10, 16), fc.nat(3), (prefix, a, b, c, radix, joined) => {
      const [w = 0, x = 0, y = 0, z = 0] = [...prefix, a, b, c];
      const spelled = [
        [w, x, y, z], [w, x, y * 256 + z], [w, x * 65_536 + y * 256 + z], [w * 16_777_216 + x * 65_536 + y * 256 + z],
      ][joined]!.map((part) => base(part, radix)).join('.');
      const facts = read('url', `http://${spelled}/`);
      return typeof facts !== 'string' && facts.private === true && (facts.hosts as string[])[0] === `${w}.${x}.${y}.${z}`;
    }), { numRuns: 1_000 });
  });
  it('never names another host than a browser would connect to, and refuses whatever hides one', () => {
    fc.assert(fc.property(fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true, withFragments: true }), (url) => {
      const facts = read('url', url);
      return typeof facts !== 'string' && (facts.hosts as string[])[0] === new URL(url).hostname;
    }));
    fc.assert(fc.property(fc.constantFrom('@', '\\@', '%40', '\\', ':x@'), fc.domain(), (trick, domain) => {
      const facts = read('url', `https://example.org${trick}${domain}/`);
      return typeof facts === 'string' || facts.external === true || new URL(`https://example.org${trick}${domain}/`).hostname.endsWith('example.org');
    }));
  });
});

describe('path', () => {
  it.each([
    ['/srv/docs/a.txt', { paths: ['/srv/docs/a.txt'], under: ['/srv/docs/a.txt', '/srv/docs', '/srv', '/'], extensions: ['txt'], hidden: false }],
    ['/srv/docs/../../etc/passwd', { paths: ['/etc/passwd'] }],
    ['//srv//x/', { paths: ['/srv/x'] }],
    ['/..', { paths: ['/'] }],
    ['./a/./b/', { paths: ['a/b'], absolute: false }],
    ['/a/.ssh/k', { hidden: true }],
    ['100%.txt', { paths: ['100%.txt'] }],
    [['/srv/a', '/srv/b/c'], { under: ['/srv', '/'], count: 2 }],
  ])('reads %j', (raw, expected) => expect(read('path', raw)).toMatchObject(expected));
  it.each(['../a', 'a/../../b', '..', '/srv/%2e%2e/etc', 'a%00b', 'a\0b', 'a\nb', '~/x', '~root', 'C:\\x', 'C:/x', 'file:///etc/passwd', 'a\\..\\b', '', [], ['/a', 1], 3])('refuses %j', (raw) => expect(read('path', raw)).toEqual(refused));

  it('is under a folder only if the resolved path is', () => {
    const part = fc.constantFrom('a', 'b', '..', '.', '', 'docs', 'srv', '...');
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const facts = read('path', `/srv/docs/${parts.join('/')}`);
      if (typeof facts === 'string') return false;
      const stack: string[] = [];
      for (const segment of ['srv', 'docs', ...parts]) {
        if (segment === '..') stack.pop();
        else if (segment !== '' && segment !== '.') stack.push(segment);
      }
      const really = stack[0] === 'srv' && stack[1] === 'docs';
      return (facts.under as string[]).includes('/srv/docs') === really && (facts.paths as string[])[0] === `/${stack.join('/')}`;
    }), { numRuns: 2_000 });
  });
});

describe('money', () => {
  it.each([
    [{ amount: '12.50', currency: 'EUR' }, { minor: 1250, currency: 'EUR' }],
    ['12.5 EUR', { minor: 1250 }], ['100 JPY', { minor: 100 }], ['1.5 KWD', { minor: 1500 }], [100.01, { minor: 1_000_100, currency: 'XXX' }], ['-5.00 EUR', { minor: -500 }],
  ])('reads %j', (raw, expected) => expect(read('money', raw)).toMatchObject(expected));
  it.each(['1e3', '1,000.00', '+5', '0012', ' 5', '0x10', '٣', '100.001 EUR', '100.5 JPY', '5 ZZZ', '5 eur', '99999999999999999', 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, 1e21, null, {}, { amount: '5' }, { amount: '5', currency: 'ZZZ' }, ['5']])('refuses %j', (raw) => expect(read('money', raw)).toEqual(refused));
  it('keeps the order of amounts', () => {
    const cents = fc.integer({ min: -1e12, max: 1e12 });
    const written = (n: number) => `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')} EUR`;
    fc.assert(fc.property(cents, (n) => {
      const facts = read('money', written(n));
      return typeof facts !== 'string' && facts.minor === n;
    }));
  });
});

describe('sql', () => {
  it.each([
    ['select a, count(*) from s.t join u on true', { readOnly: true, tables: ['s.t', 'u'], kinds: ['select'] }],
    ['with x as (delete from t returning *) select * from x', { readOnly: false, unbounded: true }],
    ["select pg_read_file('x')", { readOnly: false, functions: ['pg_read_file'] }],
    ['select 1; drop table x', { readOnly: false, statements: 2 }],
    ['select * from a for update', { readOnly: false }],
    ['update a set x = (select y from secret) where i = 1', { tables: ['a', 'secret'], unbounded: false }],
    ['delete from users', { unbounded: true }],
    ['insert into a select * from secret', { tables: ['a', 'secret'], readOnly: false }],
    ['select * from "Users"', { tables: ['Users'] }],
  ])('reads %s', (raw, expected) => expect(read('sql', raw)).toMatchObject(expected));
  it.each(['garbage', '', 'select 1 /*!; drop table x */', "copy a to program 'x'", 'grant all on a to b', 'select * into x from y', 5])('refuses %j', (raw) => expect(read('sql', raw)).toEqual(refused));
});

describe('command', () => {
  it.each([
    ['ls -la /tmp', { programs: ['ls'], simple: true, operators: false }],
    ['/usr/bin/rm -rf x', { programs: ['rm'], simple: true }],
    ['"r"m x', { programs: ['rm'] }],
    ['r\\m x', { programs: ['rm'], simple: false }],
    ['FOO=1 rm x', { programs: ['rm'], simple: false }],
    ['ls; rm -rf /', { programs: ['ls', 'rm'], operators: true, simple: false }],
    ['ls > /etc/x', { operators: true, simple: false }],
  ])('reads %s', (raw, expected) => expect(read('command', raw)).toMatchObject(expected));
  it.each(['ls $(id)', 'echo `id`', 'echo "$(id)"', 'ls && id', 'ls || id', 'ls | sh', 'ls & id', 'ls\nid', 'echo a#b; rm x', '(id)', 'cat <(id)', 'ls $HOME', 'ls *', 'echo {a,b}', 'ls ~', 'ls # x'])('does not call %j simple', (raw) => expect(read('command', raw)).toMatchObject({ simple: false }));
  it.each(['echo "a', "echo 'a", '', '   ', '#only', 'a\0b', ['ls'], 1])('refuses %j', (raw) => expect(read('command', raw)).toEqual(refused));
});

describe('domains', () => {
  it('come back the same when they are read again', () => {
    fc.assert(fc.property(fc.domain(), (domain) => asciiDomain(domain) === domain.toLowerCase() && asciiDomain(asciiDomain(domain)!) === asciiDomain(domain)));
  });
  it('belong to the organisation exactly or below it', () => {
    expect([inside('example.org'), inside('a.b.example.org'), inside('xexample.org'), inside('example.org.x'), inside('org')]).toEqual([true, true, false, false, false]);
  });
  it('are registrable by the public suffix list', () => expect([registrableDomain('a.b.co.uk'), registrableDomain('localhost')]).toEqual(['b.co.uk', 'localhost']));
});

import type { Random } from './random';

const given = ['Mira', 'Jonas', 'Aiko', 'Priya', 'Tomás', 'Lena', 'Kwame', 'Ines', 'Marek', 'Sofia', 'Noah', 'Yara', 'Emil', 'Farah', 'Olaf', 'Ruth'] as const;
const family = ['Okafor', 'Lindqvist', 'Tanaka', 'Nowak', 'Ferreira', 'Haddad', 'Brandt', 'Moreau', 'Silva', 'Keller', 'Iyer', 'Doyle', 'Petrov', 'Castell'] as const;
const trades = ['Freight', 'Bakery', 'Optics', 'Textiles', 'Garden Supply', 'Print Works', 'Cycles', 'Ceramics', 'Tea Trading', 'Instruments'] as const;
const places = ['Northwind', 'Harbour', 'Alder', 'Juniper', 'Kestrel', 'Meridian', 'Saltmarsh', 'Copperfield', 'Larkhill', 'Bluefen'] as const;

export type Person = { name: string; email: string };
export type Customer = Person & { id: string; company: string; city: string; orders: string[] };

export function person(random: Random, domain: string): Person {
  const [first, last] = [random.pick(given), random.pick(family)];
  return { name: `${first} ${last}`, email: `${plain(first)}.${plain(last)}${random.whole(2, 99)}@${domain}` };
}

/** Somebody who does not exist, at an address under `.example`, which nobody can register. */
export function customer(random: Random): Customer {
  const company = `${random.pick(places)} ${random.pick(trades)}`;
  return {
    ...person(random, `${plain(company)}.example`),
    id: `C-${random.whole(10_000, 99_999)}`, company,
    city: random.pick(['Utrecht', 'Porto', 'Graz', 'Aarhus', 'Lyon', 'Gdańsk', 'Cork', 'Turku']),
    orders: Array.from({ length: random.whole(1, 3) }, () => order(random)),
  };
}

export const order = (random: Random): string => `R-${random.whole(100_000, 999_999)}`;
export const ticketId = (random: Random): string => `T-${random.whole(1_000, 9_999)}`;

/** Euros with cents, as the contract writes money. */
export const euros = (random: Random, from: number, to: number) => ({ amount: `${random.whole(from, to)}.${String(random.whole(0, 99)).padStart(2, '0')}`, currency: 'EUR' });

/** The list that the story is about: made-up people, one a line. */
export function customerList(random: Random, lines: number): string {
  const rows = Array.from({ length: lines }, () => customer(random)).map((one) => [one.id, one.name, one.email, one.company, one.city].join(','));
  return ['id,name,email,company,city', ...rows, ''].join('\n');
}

const plain = (text: string): string => text.normalize('NFD').replace(/[^\x20-\x7e]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-');

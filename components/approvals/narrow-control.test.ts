import { expect, it } from 'vitest';
import { changeOf } from './narrow-control';

const amount = { kind: 'amount', path: '/amount', name: 'amount', amount: '2500', form: 'number', whole: 2_500 } as never;
const typed = (text: string) => changeOf([amount], { '/amount': { text } } as never, null);

it('reads an amount as it is meant, and asks where it can be meant in two ways', () => {
  expect(typed('1000')).toMatchObject({ ok: true, value: { edits: [{ value: 1_000 }] } });
  expect(typed('10,5')).toMatchObject({ ok: true, value: { edits: [{ value: 10.5 }] } });
  for (const odd of ['1,000', '10,000', '1,000.50', '1e3', '-5', '']) expect(typed(odd)).toMatchObject({ ok: false, path: '/amount' });
});

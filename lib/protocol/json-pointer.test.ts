import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeStep, topOf, unescapeStep } from './json-pointer';

it('brings every name through a pointer and back', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') }), fc.string(), (name, rest) => {
    expect(unescapeStep(escapeStep(name))).toBe(name);
    expect(escapeStep(name)).not.toContain('/');
    expect(topOf(`/${escapeStep(name)}/${escapeStep(rest)}`)).toBe(name);
  }));
  expect([escapeStep('a/b~c'), unescapeStep('~01'), topOf('')]).toEqual(['a~1b~0c', '~1', '']);
});

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glueValues } from './glue-values';

const options = { key: { type: 'string' }, url: { type: 'string', multiple: true }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const parse = (argv: string[]) => parseArgs({ args: glueValues(argv, options), options, allowPositionals: true });

describe('values that begin with a dash', () => {
  it('belong to the option before them, whatever key or pin it is', () => {
    const letter = fc.constantFrom(...'-_aZ09');
    fc.assert(fc.property(fc.string({ unit: letter, minLength: 3, maxLength: 43 }), (pin) => {
      fc.pre(pin !== '--');
      expect(parse(['--key', pin, '--json']).values).toEqual({ key: pin, json: true });
    }));
  });

  it('leave options what they are, so that a forgotten value is said', () => {
    expect(() => parse(['--key', '--json'])).toThrow();
    expect(() => parse(['--key', '-h'])).toThrow();
    expect(() => parse(['--key'])).toThrow();
  });

  it('are left alone after the double dash, after a flag, and where they are joined already', () => {
    expect(glueValues(['--json', '-x', '--key=-x', '--', '--key', '-x'], options)).toEqual(['--json', '-x', '--key=-x', '--', '--key', '-x']);
    expect(parse(['--url', '-a', '--url', 'b', 'file']).values.url).toEqual(['-a', 'b']);
  });
});

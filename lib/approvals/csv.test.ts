import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv';

/** RFC 4180, read by somebody else's rules than those it was written by. */
function readLine(line: string): string[] {
  const values: string[] = [];
  let value = '';
  let inside = false;
  for (let i = 0; i < line.length; i++) {
    const sign = line[i]!;
    if (inside && sign === '"' && line[i + 1] === '"') { value += '"'; i += 1; } else if (sign === '"') inside = !inside;
    else if (!inside && sign === ',') { values.push(value); value = ''; } else if (!inside && sign === '\r') break;
    else value += sign;
  }
  return [...values, value];
}

describe('a line of CSV', () => {
  it('is read as it was written, but for the apostrophe before what would be a formula', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (values) => {
      expect(readLine(csvLine(values)).map((value, i) => (value === values[i] ? value : value.replace(/^'/, '')))).toEqual(values);
    }));
  });
  it('holds no value that a spreadsheet runs', () => {
    for (const value of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =cmd|x', '\uFEFF=1', '＝1', '|x', '%0A=1']) expect(csvLine([value])).toBe(`"'${value}"\r\n`);
    expect(csvLine(['a=1', '', "O'Hara"])).toBe(`"a=1","","O'Hara"\r\n`);
    fc.assert(fc.property(fc.string(), (value) => { expect(/^"[=+\-@\t\r]/.test(csvLine([value]))).toBe(false); }));
  });
});

import { expect, it } from 'vitest';
import { readControlUrls } from './control-urls';

const read = (given: string | string[]) => readControlUrls(given).map((url) => url.href);

it('takes the address of each control process, as a list or with commas, each once', () => {
  expect(read('https://control.example.org')).toEqual(['https://control.example.org/']);
  expect(read('http://10.0.0.5:3001, http://10.0.0.6:3001/,')).toEqual(['http://10.0.0.5:3001/', 'http://10.0.0.6:3001/']);
  expect(read(['https://a.example.org/control', 'https://b.example.org,https://a.example.org/control/'])).toEqual(['https://a.example.org/control/', 'https://b.example.org/']);
});

it('refuses what is no address, none at all, and more than anybody runs', () => {
  for (const given of ['', ' , ', 'control.example.org', 'ftp://control', 'http://', [], ['http://a', '10.0.0.5:3001'], Array.from({ length: 17 }, (_, n) => `http://control-${n}`)]) expect(() => read(given), String(given)).toThrow(/address/);
});

import { describe, expect, it } from 'vitest';
import { squares } from './squares';

describe('sessions as squares', () => {
  it('draws one each while there are few', () => expect(squares(6, 31)).toEqual({ filled: 6, total: 31, each: 1 }));
  it('lets one stand for several above 160', () => expect(squares(1, 1_000)).toEqual({ filled: 1, total: 143, each: 7 }));
  it('copes with nothing', () => expect(squares(0, 0)).toEqual({ filled: 0, total: 0, each: 1 }));
});

import { describe, expect, it } from 'vitest';
import { stillUnloaded } from './unloaded';

describe('what is still on the server', () => {
  it('shrinks by what was read', () => {
    expect(stillUnloaded([{ from: 3, to: 5_000 }], [{ from: 3, to: 1_002 }])).toEqual([{ from: 1_003, to: 5_000 }]);
    expect(stillUnloaded([{ from: 3, to: 9 }], [{ from: 5, to: 6 }])).toEqual([{ from: 3, to: 4 }, { from: 7, to: 9 }]);
    expect(stillUnloaded([{ from: 3, to: 9 }], [{ from: 1, to: 20 }])).toEqual([]);
  });
  it('is left alone by what lies elsewhere', () => expect(stillUnloaded([{ from: 3, to: 9 }], [{ from: 10, to: 12 }])).toEqual([{ from: 3, to: 9 }]));
});

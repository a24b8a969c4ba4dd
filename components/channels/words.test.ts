import { describe, expect, it } from 'vitest';
import { channelsHeadline, momentWords, routesByChannel, settingsWords, toldWords, triesWords } from './words';

describe('the words of channels', () => {
  it('begin with what matters: how many, which fail, what was given up', () => {
    const works = { failingSince: null };
    const fails = { failingSince: '2026-11-26T18:00:00.000Z' };
    expect(channelsHeadline([], 0)).toBe('Nobody is told anything outside this console.');
    expect(channelsHeadline([works], 0)).toBe('One channel tells people.');
    expect(channelsHeadline([works, fails], 1)).toBe('2 channels tell people. One fails. One notice was given up.');
    expect(channelsHeadline([fails, fails], 1_200)).toBe('2 channels tell people. 2 fail. 1,200 notices were given up.');
  });

  it('say which routes name a channel, in any tier, and which names nobody has', () => {
    const named = routesByChannel({ desk: { notify: ['chat'], escalation: [{ notify: ['pager', 'chat'] }, {}] }, money: { notify: ['chat'] }, silent: {} });
    expect([...named]).toEqual([['chat', ['desk', 'money']], ['pager', ['desk']]]);
  });

  it('say whom a question was told to, and of which moment', () => {
    const told = { kind: 'slack' as const, channel: 'sec', moment: 'asked', at: '2026-11-26T14:02:11.000Z' };
    expect(toldWords(told)).toMatch(/^Slack sec told \d\d:\d\d:11/);
    expect(toldWords({ ...told, moment: 'escalated:2' })).toMatch(/ of tier 2$/);
    expect([momentWords({ moment: 'escalated:1' }), momentWords({ moment: 'more' }), momentWords({ moment: 'later' })]).toEqual(['A question, tier 1', 'More questions', 'later']);
    expect([0, 1, 7].map(triesWords)).toEqual(['not tried yet', 'tried once', 'tried 7 times']);
    expect(settingsWords({ settings: { groupSeconds: 0, quiet: { from: '22:00', to: '07:00', timeZone: 'UTC' } }, defaultPage: true })).toBe('pages go here · tells each · quiet 22:00 to 07:00 UTC');
  });
});

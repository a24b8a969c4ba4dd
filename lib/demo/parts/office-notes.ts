import { customer, person } from '../made-up';
import type { Part } from '../part';

const notes = [
  ['Lunch on Thursday', 'The table is booked for half past twelve. Vegetarian menus are ordered for two.'],
  ['Parking at the site', 'Please use the second gate; the first one is closed until the paving is done.'],
  ['Minutes of the call', 'We agreed to meet again in two weeks. Nobody has homework.'],
  ['Keys for the meeting room', 'They are at the front desk, on the hook with the green tag.'],
] as const;

/** Harmless: sends a small note outside. What it writes is its own, so nothing on the card is marked. */
export const officeNotes: Part = {
  purpose: () => 'send the small notes of the day',
  principal: () => ({ type: 'service', id: 'front-desk' }),
  rest: [40, 70],
  async play(scene, turn) {
    const { random } = scene;
    const [subject, body] = random.pick(notes);
    const colleague = person(random, scene.domain);
    await scene.think(0.5, 1.5);
    // Most notes stay in the house and need nobody; the first one, and one in four, goes outside and asks.
    const outside = turn % 4 === 0;
    const guest = outside ? customer(random) : colleague;
    const sent = await scene.act('send_email', { to: guest.email, subject, body: `Dear ${guest.name},\n\n${body}\n\nThe front desk` }, `A short note to ${guest.name}.`);
    await scene.think(2, 4);
    await scene.act('search_articles', { query: random.pick(['opening hours', 'visitor badges', 'parking', 'meeting rooms']) });
    if (sent.kind === 'ran') return `Sent “${subject}” to ${guest.email}.`;
    return `“${subject}” was not sent to ${guest.email}: ${sent.kind === 'refused' ? sent.reason : sent.message}`.slice(0, 500);
  },
};

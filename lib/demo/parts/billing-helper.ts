import { customer, euros, order, person } from '../made-up';
import type { Part } from '../part';

const reasons = ['arrived damaged', 'was paid twice', 'came too late to be of use', 'was sent back', 'missed a part'] as const;

/** Pays small refunds by itself; one over the limit waits for a person. */
export const billingHelper: Part = {
  purpose: () => 'pay the refunds of the day',
  principal: () => ({ type: 'service', id: 'billing-desk' }),
  rest: [30, 60],
  async play(scene, turn) {
    const { random } = scene;
    let paid = 0;
    for (let n = random.whole(2, 3); n > 0; n--) {
      await scene.think(2, 5);
      const done = await scene.act('issue_refund', { orderId: order(random), amount: euros(random, 5, 90), reason: `The order ${random.pick(reasons)}.` });
      if (done.kind === 'ran') paid += 1;
    }
    if (turn % 2 === 1) return `Paid ${paid} small refunds.`;
    await scene.think(2, 4);
    const [orderId, amount, who] = [order(random), euros(random, 120, 880), person(random, 'customers.example')];
    const large = await scene.act('issue_refund', { orderId, amount, reason: `The whole order ${random.pick(reasons)}; ${who.name} asked for the full price.` }, 'The full price of the order, as the customer asked.');
    await scene.think(1, 2);
    if (large.kind === 'ran') return `Paid ${paid} small refunds and ${amount.amount} ${amount.currency} for ${orderId}.`;
    // A no is not argued with: it looks the customer up and leaves the case to a person.
    await scene.act('read_customer', { customerId: customer(random).id });
    return `Paid ${paid} small refunds; ${amount.amount} ${amount.currency} for ${orderId} was not paid: ${large.kind === 'refused' ? large.reason : large.message}`.slice(0, 500);
  },
};

import { z } from 'zod';

const text = z.string();

/** What became of findings: who was called, what was done at once, and what people said of it. */
export const alertEvents = {
  'alert.raised': z.object({ alertId: text, rule: text, severity: text, act: text, detector: text, kind: text, agentId: text.optional(), sessionId: text.optional(), seq: z.number().optional(), previousId: text.optional(), about: text.optional() }),
  /** `outcome`: done, standing (it was so before), withheld (a detector's measure), over (the session had ended). */
  'alert.acted': z.object({ rule: text, act: text, detector: text, kind: text, sessionId: text, seq: z.number(), outcome: text, orderId: text.nullable() }),
  'alert.acknowledged': z.object({ alertId: text, rule: text }),
  'alert.assigned': z.object({ alertId: text, rule: text, to: text }),
  /** `as` is the label that the detector is measured by. */
  'alert.closed': z.object({ alertId: text, rule: text, detector: text, kind: text, as: z.enum(['true', 'benign', 'duplicate']), count: z.number(), note: text.nullable() }),
  'alert.muted': z.object({ muteId: text, rule: text, agentId: text, until: text, why: text }),
  'alert.unmuted': z.object({ muteId: text, rule: text, agentId: text, until: text }),
} as const;

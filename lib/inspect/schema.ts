import { z } from 'zod';

/** From which score on a detector's sighting flags a text, and from which nobody may read it. Scores go from 0 to 1; only what is beyond doubt reaches 1. */
const thresholdsSchema = z.strictObject({
  on: z.boolean().default(true),
  flagAt: z.number().min(0).max(1).default(0.5),
  blockAt: z.number().min(0).max(1).default(1),
});
export type Thresholds = z.infer<typeof thresholdsSchema>;

/** By a detector's id; what is not named here has the defaults. */
export const inspectionSchema = z.record(z.string().min(1).max(64), thresholdsSchema);
export type Inspection = z.infer<typeof inspectionSchema>;

const usual: Thresholds = thresholdsSchema.parse({});

export const thresholdsOf = (inspection: Inspection, detector: string): Thresholds => (Object.hasOwn(inspection, detector) ? inspection[detector]! : usual);

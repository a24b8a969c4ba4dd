import type { AttackCase } from '../schema';
import { caseSchema } from '../schema';
import { direct } from './direct';
import { encoded } from './encoded';
import { escalation } from './escalation';
import { exfiltration } from './exfiltration';
import { indirectPages } from './indirect-pages';
import { indirectTickets } from './indirect-tickets';
import { memoryPoisoning } from './memory-poisoning';
import { multiHop } from './multi-hop';
import { multiLanguage } from './multi-language';
import { toolMisuse } from './tool-misuse';

/** Every case that comes with the product. They were written without a look at the detectors, and stay so: a case that one misses is not reworded. */
export const attackCases: readonly AttackCase[] = [direct, indirectTickets, indirectPages, multiHop, encoded, multiLanguage, toolMisuse, escalation, exfiltration, memoryPoisoning].flat().map((one) => caseSchema.parse(one));

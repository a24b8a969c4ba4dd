/** Narrowing: whether an approver's change of a call's arguments makes it less, in the tool's declared order, or something else. Pure. */
export { compareArguments, ordersOf } from './compare-arguments';
export { applyEdits, type Edited } from './apply-edits';
export { membersOf } from './members';
export { typedTexts } from './typed-texts';
export type { ArgumentEdit, ChangeStep, Comparison, StepWay } from './schema';

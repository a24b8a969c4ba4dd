'use server';

import { runAction } from '@/app/_session/action-result';
import type { NarrowActions } from '@/components/approvals/narrow-view';
import { previewChange } from '@/lib/approvals';
import { changeJudge } from '@/lib/gate';
import { readNarrow } from './read-narrow';

/** What the editor offers to take away from an approval's arguments. */
export const readArguments: NarrowActions['read'] = async (approvalId) => runAction((ctx) => readNarrow(ctx, approvalId));

/** What a change would come to, before it is sent. */
export const previewNarrowing: NarrowActions['preview'] = async (input) => runAction((ctx) => previewChange(ctx, input, changeJudge));

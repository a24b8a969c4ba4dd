import { personRequest } from '@/app/_session/person-request';
import type { QueueChoices, SavedViewRow } from '@/components/approvals/view';
import { authorise } from '@/lib/access';
import { listSavedViews, queueChoices } from '@/lib/approvals';

/** What the queue can be narrowed to now, and the views that the person keeps: read when somebody opens the filter. */
export const GET = personRequest(async ({ ctx }) => {
  authorise(ctx, 'approval.read');
  const [choices, views] = await Promise.all([queueChoices(), listSavedViews(ctx)]);
  return Response.json({ choices, views } satisfies { choices: QueueChoices; views: SavedViewRow[] }, { headers: { 'cache-control': 'no-store' } });
});

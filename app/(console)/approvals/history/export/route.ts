import { personRequest } from '@/app/_session/person-request';
import { exportDecided } from '@/lib/approvals';
import { invalid } from '@/lib/errors';
import { historyFilter } from '../history-filter';

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson' } as const;

/** The history as a file, written as it is read: CSV for a spreadsheet, JSON Lines for a program. */
export const GET = personRequest(async ({ ctx }, request) => {
  const params = Object.fromEntries(request.nextUrl.searchParams);
  const format = params.format;
  if (format !== 'csv' && format !== 'jsonl') throw invalid('/format: csv or jsonl, e.g. format=csv', [{ path: '/format', message: 'must be csv or jsonl' }]);
  const lines = await exportDecided(ctx, { filter: historyFilter(params), format });
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() { await lines.return(undefined); },
  });
  return new Response(body, { headers: { 'content-type': types[format], 'content-disposition': `attachment; filename="approvals-${new Date().toISOString().slice(0, 10)}.${format}"`, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } });
});

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { NoteScreen } from '@/components/handover/note-screen';
import { BackLine } from '@/components/shell/back-line';
import { authorise } from '@/lib/access';
import { getHandover } from '@/lib/handover';

export const metadata: Metadata = { title: 'Handover' };

export default async function NotePage({ params }: { params: Promise<{ id: string }> }) {
  const { ctx } = await requireSession();
  authorise(ctx, 'approval.read');
  const note = await getHandover((await params).id);
  if (!note) notFound();
  return (
    <>
      <BackLine line="Handover" />
      <NoteScreen note={note} />
    </>
  );
}

import { notFound } from 'next/navigation';
import { screens } from '../screens';

export default async function KitScreen({ params }: { params: Promise<{ screen: string }> }) {
  const draw = screens[(await params).screen];
  if (!draw) notFound();
  return draw();
}

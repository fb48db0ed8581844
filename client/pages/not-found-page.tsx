import { Compass } from 'lucide-react';
import { Link } from 'wouter';
import { t } from '../strings/index.ts';
import { EmptyState } from '../ui/problem/empty-state.tsx';

export default function NotFoundPage() {
  const words = t.common.notFound;
  return (
    <main>
      <EmptyState
        icon={<Compass />}
        title={words.title}
        isPage
        action={<Link href="/">{words.action}</Link>}
      >
        {words.body}
      </EmptyState>
    </main>
  );
}

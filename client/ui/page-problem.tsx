import { CloudOff } from 'lucide-react';
import { problemText } from '../api/problem-text.ts';
import { t } from '../strings/index.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

/** A page, or a part of one, that could not be loaded. */
export function PageProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div role="alert">
      <EmptyState
        icon={<CloudOff />}
        title={t.common.problem.title}
        action={<Button onClick={onRetry}>{t.common.tryAgain}</Button>}
      >
        {problemText(error)}
      </EmptyState>
    </div>
  );
}

import { CloudOff } from 'lucide-react';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/index.ts';
import { Button } from '../button/button.tsx';
import { EmptyState } from './empty-state.tsx';

/** A page, or a part of one, that could not be loaded. */
export function PageProblem(props: { error: unknown; isPage?: boolean; onRetry: () => void }) {
  const { error, isPage = false, onRetry } = props;
  return (
    <div role="alert">
      <EmptyState
        icon={<CloudOff />}
        title={t.common.problem.title}
        isPage={isPage}
        action={<Button onClick={onRetry}>{t.common.tryAgain}</Button>}
      >
        {problemText(error)}
      </EmptyState>
    </div>
  );
}

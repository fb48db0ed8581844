import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { t } from '../../strings/index.ts';
import { Button } from '../button/button.tsx';
import { EmptyState } from './empty-state.tsx';

/** Where a fault of ours ends: words and a way on, never a blank page. React has logged the fault. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    const words = t.common.crashed;
    return (
      <main>
        <div role="alert">
          <EmptyState
            icon={<TriangleAlert />}
            title={words.title}
            isPage
            action={
              <Button kind="primary" onClick={() => window.location.reload()}>
                {words.action}
              </Button>
            }
          >
            {words.body}
          </EmptyState>
        </div>
      </main>
    );
  }
}

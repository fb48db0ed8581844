import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { problemText } from '../../../api/problem-text.ts';
import { exportHtml } from '../../../api/transfer.ts';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { toast } from '../../../ui/overlay/toast.ts';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import { Choice, ChoiceGroup } from '../../../ui/input/choice.tsx';
import { fileNameOf, offerDownload } from './download.ts';
import styles from './transfer.module.css';
import { useExport, type ExportChoice } from './use-export.ts';

/** The piece as Markdown, live, to copy or to take along. */
export default function ExportPanel({
  session,
  pieceId,
}: {
  session: PieceSession;
  pieceId: string;
}) {
  const [choice, setChoice] = useState<ExportChoice>({
    profile: 'publish',
    frontMatter: false,
    notes: false,
  });
  const { text, problem } = useExport(session, pieceId, choice);
  const words = t.transfer.export;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text ?? '');
      toast({ text: words.copied });
    } catch {
      // Without https a browser has no clipboard to give.
      toast({ text: words.notCopied, kind: 'bad' });
    }
  };
  const downloadHtml = async () => {
    try {
      offerDownload(await exportHtml(pieceId), `${fileNameOf(session)}.html`, 'text/html');
    } catch (error) {
      toast({ text: problemText(error), kind: 'bad' });
    }
  };
  return (
    <div className={styles['panel']}>
      <ChoiceGroup
        label={words.profile}
        value={choice.profile}
        options={[
          { value: 'publish', label: words.publish, hint: words.publishHint },
          { value: 'working', label: words.working, hint: words.workingHint },
        ]}
        onChange={(profile) => setChoice({ profile, frontMatter: false, notes: false })}
      />
      {choice.profile === 'publish' ? (
        <Choice
          label={words.frontMatter}
          checked={choice.frontMatter}
          onChange={(frontMatter) => setChoice({ ...choice, frontMatter })}
        />
      ) : (
        <Choice
          label={words.notes}
          checked={choice.notes}
          onChange={(notes) => setChoice({ ...choice, notes })}
        />
      )}
      {problem !== null && <p role="alert">{problem}</p>}
      {text === null ? (
        problem === null && <Waiting />
      ) : (
        <pre className={styles['preview']} tabIndex={0} role="region" aria-label={words.preview}>
          {text}
        </pre>
      )}
      <div className={styles['actions']}>
        <Button icon={<Copy />} disabled={text === null} onClick={() => void copy()}>
          {words.copy}
        </Button>
        {choice.profile === 'publish' && (
          <Button icon={<Download />} onClick={() => void downloadHtml()}>
            {words.downloadHtml}
          </Button>
        )}
        <Button
          kind="primary"
          icon={<Download />}
          disabled={text === null}
          onClick={() => offerDownload(text ?? '', `${fileNameOf(session)}.md`, 'text/markdown')}
        >
          {words.download}
        </Button>
      </div>
    </div>
  );
}

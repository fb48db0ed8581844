import { useDeferredValue, useMemo, useState } from 'react';
import { exportMarkdown, importContent } from '../../../../shared/markdown/index.ts';
import { problemText } from '../../../api/problem-text.ts';
import { readTextFile } from '../../../api/text-file.ts';
import { useReplaceContent, type TransferWarning } from '../../../api/transfer.ts';
import { freshId } from '../../../editor/index.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { ChoiceGroup } from '../../../ui/input/choice.tsx';
import { FormProblem } from '../../../ui/input/field.tsx';
import { toast } from '../../../ui/overlay/toast.ts';
import styles from './transfer.module.css';

type Format = 'markdown' | 'text';

/** Longer texts are read by the server alone: a preview may not hold the page up. In characters. */
const longestPreview = 200_000;

/** Replaces the piece's text by one from outside, which is shown before as it will be read. */
export default function ImportPanel({ pieceId, onDone }: { pieceId: string; onDone: () => void }) {
  const [content, setContent] = useState('');
  const [format, setFormat] = useState<Format>('markdown');
  const [ofBytes, setOfBytes] = useState<readonly TransferWarning[]>([]);
  const replace = useReplaceContent(pieceId);
  const words = t.transfer.import;
  const read = usePreview(useDeferredValue(content), format);
  const warnings = [...ofBytes, ...(read?.warnings ?? [])];
  const take = async (file: File | undefined) => {
    if (!file) return;
    setFormat(/\.(md|markdown)$/i.test(file.name) ? 'markdown' : 'text');
    const { content: text, warnings } = await readTextFile(file);
    setContent(text);
    setOfBytes(warnings);
  };
  const submit = () =>
    replace.mutate(
      { content, format },
      {
        onSuccess: () => {
          toast({ text: words.done });
          onDone();
        },
      },
    );
  return (
    <div
      className={styles['panel']}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer.files[0]);
      }}
    >
      <ChoiceGroup
        label={words.format}
        value={format}
        options={[
          { value: 'markdown', label: words.markdown, hint: words.markdownHint },
          { value: 'text', label: words.text, hint: words.textHint },
        ]}
        onChange={setFormat}
      />
      <div className={styles['sides']}>
        <label className={styles['side']}>
          <span className={styles['sideName']}>{words.content}</span>
          <textarea
            className={styles['source']}
            value={content}
            placeholder={words.placeholder}
            onChange={(event) => setContent(event.target.value)}
          />
        </label>
        <div className={styles['side']}>
          <span className={styles['sideName']}>{words.preview}</span>
          <pre className={styles['preview']} tabIndex={0} role="region" aria-label={words.preview}>
            {read === null ? words.tooLong : read.text}
          </pre>
        </div>
      </div>
      {warnings.length > 0 && (
        <ul className={styles['warnings']}>
          {warnings.map(({ line, message }, index) => (
            <li key={index}>{words.warning(line, message)}</li>
          ))}
        </ul>
      )}
      <FormProblem>{replace.error ? problemText(replace.error) : undefined}</FormProblem>
      <div className={styles['actions']}>
        <label className={styles['file']}>
          {words.choose}
          <input
            type="file"
            accept=".md,.markdown,.txt,text/plain,text/markdown"
            className="visually-hidden"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </label>
        <Button
          kind="primary"
          disabled={content.trim() === ''}
          busy={replace.isPending}
          onClick={submit}
        >
          {words.replace}
        </Button>
      </div>
      <p className={styles['note']}>{words.note}</p>
    </div>
  );
}

/** What will be read of a text, as the working Markdown that it makes; null where it is too long. */
function usePreview(content: string, format: Format) {
  return useMemo(() => {
    if (content.length > longestPreview) return null;
    const { warnings, ...model } = importContent(content, format, { newId: freshId });
    return { text: exportMarkdown(model, { profile: 'working' }), warnings };
  }, [content, format]);
}

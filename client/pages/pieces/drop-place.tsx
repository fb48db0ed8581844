import { useState, type DragEvent, type ReactNode } from 'react';
import { useCreatePiece } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { readTextFile } from '../../api/text-file.ts';
import { t } from '../../strings/index.ts';
import { toast } from '../../ui/overlay/toast.ts';
import styles from './pieces-page.module.css';

/** Files of Markdown or plain text that are dropped here become pieces, one each. */
export function DropPlace({ children }: { children: ReactNode }) {
  const [over, setOver] = useState(false);
  const create = useCreatePiece();
  const words = t.pieces.drop;
  const take = async (file: File) => {
    const format = formatOf(file.name);
    if (format === null) {
      toast({ text: words.unknown(file.name), kind: 'bad' });
      return;
    }
    try {
      const { content, warnings: ofBytes } = await readTextFile(file);
      // A text says its own title in Markdown; plain text is called what its file is.
      const title = format === 'text' ? { title: file.name.replace(/\.[^.]+$/, '') } : {};
      const { warnings } = await create.mutateAsync({ ...title, content, format });
      toast({ text: words.done(file.name, [...ofBytes, ...warnings]) });
    } catch (error) {
      toast({ text: words.failed(file.name, problemText(error)), kind: 'bad' });
    }
  };
  const dropped = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    // One after the other: ten large ones at once would be refused as too many.
    for (const file of [...event.dataTransfer.files]) await take(file);
  };
  return (
    <div
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => void dropped(event)}
    >
      {children}
      {over && <p className={styles['drop']}>{words.here}</p>}
    </div>
  );
}

function formatOf(name: string): 'markdown' | 'text' | null {
  if (/\.(md|markdown)$/i.test(name)) return 'markdown';
  return /\.(txt|text)$/i.test(name) ? 'text' : null;
}

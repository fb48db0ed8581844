import { useEffect, useRef, useState } from 'react';
import type * as Y from 'yjs';
import { History } from '../../../editor/index.ts';
import styles from './line-field.module.css';
import { mapThrough, textChange } from './text-change.ts';

export interface LineFieldProps {
  text: Y.Text;
  label: string;
  canEdit: boolean;
  className?: string | undefined;
  /** The caret goes on to what stands below. */
  onLeave: () => void;
  focused?: boolean;
}

/** A line of the document that is edited by several at once: the title, the standfirst. */
export function LineField(props: LineFieldProps) {
  const { text, label, canEdit, className, onLeave, focused } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [bound, setBound] = useState<BoundField | null>(null);
  const [value, setValue] = useState(() => lineOf(text));
  useEffect(() => {
    if (!area.current) return;
    const made = new BoundField(area.current, text, setValue);
    // It binds an element that exists from now on.

    setBound(made);
    return () => made.destroy();
  }, [text]);
  useEffect(() => {
    if (focused) area.current?.focus();
  }, [focused]);
  return (
    <div className={styles['grow']} data-value={`${value} `}>
      <textarea
        ref={area}
        rows={1}
        className={className}
        aria-label={label}
        placeholder={label}
        readOnly={!canEdit}
        spellCheck
        defaultValue={value}
        onInput={() => bound?.typed()}
        onCompositionEnd={() => bound?.composed()}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault();
            onLeave();
          } else if (bound && canEdit && isUndo(event)) {
            event.preventDefault();
            if (event.shiftKey || event.key === 'y') bound.history.redo();
            else bound.history.undo();
          }
        }}
      />
    </div>
  );
}

/** Keeps a field and a text equal, by the smallest changes. */
class BoundField {
  readonly history: History;
  readonly #area: HTMLTextAreaElement;
  readonly #text: Y.Text;
  readonly #onValue: (value: string) => void;
  #composing = false;

  constructor(area: HTMLTextAreaElement, text: Y.Text, onValue: (value: string) => void) {
    this.#area = area;
    this.#text = text;
    this.#onValue = onValue;
    this.history = new History(text);
    text.observe(this.#heard);
    area.addEventListener('compositionstart', this.#composes);
    this.#show();
  }

  typed(): void {
    const { value, selectionEnd } = this.#area;
    const clean = value.replace(/\s*\n\s*/g, ' ');
    const change = textChange(
      lineOf(this.#text),
      clean,
      selectionEnd - value.length + clean.length,
    );
    this.#onValue(clean);
    if (change) {
      this.#text.doc?.transact(() => {
        if (change.remove > 0) this.#text.delete(change.at, change.remove);
        if (change.insert !== '') this.#text.insert(change.at, change.insert);
      }, this.history.origin);
    }
    if (!this.#composing) this.#show();
  }

  composed(): void {
    this.#composing = false;
    this.#show();
  }

  destroy(): void {
    this.#text.unobserve(this.#heard);
    this.#area.removeEventListener('compositionstart', this.#composes);
    this.history.destroy();
  }

  readonly #composes = (): void => {
    this.#composing = true;
  };

  readonly #heard = (): void => {
    // A value that is set in a composition ends it; what came is shown when it is over.
    if (!this.#composing) this.#show();
  };

  #show(): void {
    const area = this.#area;
    const value = lineOf(this.#text);
    this.#onValue(value);
    const change = textChange(area.value, value);
    if (!change) return;
    const { selectionStart, selectionEnd, selectionDirection } = area;
    area.value = value;
    // A field that is not focused would take the focus by this in some browsers.
    if (document.activeElement !== area) return;
    area.setSelectionRange(
      mapThrough(change, selectionStart),
      mapThrough(change, selectionEnd),
      selectionDirection,
    );
  }
}

/** As a line: breaks that another program wrote into it are spaces, one for one. */
function lineOf(text: Y.Text): string {
  return text.toJSON().replace(/[\n\r]/g, ' ');
}

function isUndo(event: React.KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(event.key);
}

import { useEffect, useRef } from 'react';
import type { FieldEditor } from './field-editor.ts';

/** Where an editor, which React does not draw, stands on the page. */
export function FieldPlace({ editor, className }: { editor: FieldEditor; className?: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.replaceChildren(editor.view.dom), [editor]);
  return <div ref={place} className={className} />;
}

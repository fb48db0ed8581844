import type { FieldEditor } from '../../writing/fields/field-editor.ts';
import { AwaitedEdit, type EditRanges } from '../../../../editor/undo/awaited-edit.ts';
import { attempt } from '../attempt.ts';
import type { ThreadScene } from '../thread-context.ts';
import { whenSaved } from '../when-saved.ts';

/** The words come with the answer, or a moment later. */
const mostWaitMs = 10_000;
/** An undo waits no longer than this: without a connection the answer may take its time. */
const mostUndoWaitMs = 3_000;

/**
 * Puts a suggestion into the text. The next undo, in whichever text, takes it out again, and the suggestion is
 * open as it was before. @throws ApiProblem
 */
export async function accept(scene: ThreadScene, id: string): Promise<void> {
  const { fields } = scene;
  const accepted = putIn(scene, id);
  // The words may be on the screen before the answer that makes them this person's to undo.
  const coming = Promise.race([accepted.catch(() => undefined), pause(mostUndoWaitMs)]).then(() => {
    if (fields.coming === coming) fields.coming = null;
  });
  fields.coming = coming;
  await accepted;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function putIn({ desk, actions, fields }: ThreadScene, id: string): Promise<void> {
  const place = desk.placeOf(id);
  const edit = place && awaitEdit(place.editor, place.from, place.to);
  await actions.accept(id);
  const ranges = await (edit && comes(edit, place.editor));
  if (!ranges || !place || place.editor.view.isDestroyed) return;
  place.editor.history.adopt(ranges, () => {
    // The server has to know first that the text says something else.
    void whenSaved(fields.session).then(() => attempt(() => actions.reopen(id)));
  });
  fields.editedFromOutside([place.editor]);
}

function awaitEdit(editor: FieldEditor, from: number, to: number): AwaitedEdit {
  const { doc } = editor.view.state;
  return new AwaitedEdit(editor.text, editor.indexOf(doc, from), editor.indexOf(doc, to));
}

function comes(edit: AwaitedEdit, { text }: FieldEditor): Promise<EditRanges | null> {
  return new Promise((resolve) => {
    const end = (ranges: EditRanges | null) => {
      clearTimeout(timer);
      text.unobserve(look);
      resolve(ranges);
    };
    const look = () => {
      const ranges = edit.read();
      if (ranges !== null) end(ranges);
    };
    const timer = setTimeout(() => end(null), mostWaitMs);
    text.observe(look);
    look();
  });
}

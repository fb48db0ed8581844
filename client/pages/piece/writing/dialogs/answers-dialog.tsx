import { argumentsOf, commands, lineKind } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';
import { ChoiceGroup } from '../../../../ui/input/choice.tsx';
import { Dialog } from '../../../../ui/overlay/dialog.tsx';
import type { BodyEditor } from '../editor/body-editor.ts';
import { useEditor } from '../use-editor.ts';

const none = '';

/** Asks which thesis the counterpoint with the caret answers. A choice holds at once. */
export default function AnswersDialog(props: {
  editor: BodyEditor;
  open: boolean;
  onClose: () => void;
}) {
  const { editor, open, onClose } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={(stays) => !stays && onClose()}
      title={t.piece.actions.answers}
      returnFocus={() => editor.view.focus()}
    >
      <Choices editor={editor} />
    </Dialog>
  );
}

function Choices({ editor }: { editor: BodyEditor }) {
  const words = t.piece.argument;
  const { counterpoint, theses } = useEditor(editor, ({ doc, selection }) => ({
    counterpoint: lineKind(selection.$head.parent),
    theses: argumentsOf(doc).flatMap(({ kind, id, text }) =>
      kind === 'thesis' ? [{ value: id, label: text.trim() || words.emptyThesis }] : [],
    ),
  }));
  if (counterpoint.kind !== 'counterpoint') return <p>{words.noCounterpoint}</p>;
  return (
    <ChoiceGroup
      label={words.whichThesis}
      value={counterpoint.answers ?? none}
      options={[...theses, { value: none, label: words.noThesis }]}
      onChange={(chosen) => {
        const thesis = chosen === none ? null : chosen;
        commands.linkCounterpoint(counterpoint.id, thesis)(editor.view.state, editor.view.dispatch);
      }}
    />
  );
}

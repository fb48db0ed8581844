import type { PassageOptions } from '../../../../editor/index.ts';
import { clsx } from '../../../../ui/clsx.ts';

/** How passages look in the text: the class names are those of `passages.css`. */
export const passageLook: Omit<PassageOptions, 'text' | 'first'> = {
  look: ({ id, kind }, active) => ({
    // Elements that screen readers tell of.
    nodeName: kind === 'suggestion' ? 'del' : 'mark',
    class: clsx('passage', `passage-${kind}`, active && 'passage-active'),
    'data-thread': id,
  }),
  insertion: ({ id, insertion }, active) => {
    const element = document.createElement('ins');
    element.className = clsx('proposed', active && 'passage-active');
    element.dataset['thread'] = id;
    element.contentEditable = 'false';
    element.dir = 'auto';
    element.textContent = insertion;
    return element;
  },
  draftLook: { nodeName: 'mark', class: 'passage passage-draft' },
  draftPoint: () => {
    const element = document.createElement('span');
    element.className = 'draft-point';
    return element;
  },
};

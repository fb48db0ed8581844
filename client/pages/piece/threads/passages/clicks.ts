import { Plugin } from 'prosemirror-state';

/** Tells of plain clicks into the text, and leaves what they do to the editor. */
export function clicks(clicked: (position: number) => void): Plugin {
  return new Plugin({
    props: {
      handleClick: (_view, position, event) => {
        if (event.button === 0 && !event.shiftKey) clicked(position);
        return false;
      },
    },
  });
}

import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { draftIn, placesIn } from '../../../editor/index.ts';
import type { BodyEditor } from '../writing/body-editor.ts';
import { draftCard } from './use-shown-threads.ts';

/** While somebody types, passages are measured at most so often, in ms: keys come first. */
const everyMs = 100;

/** So many new passages are measured with those that are there, in the frame in which they come. */
const fewAtOnce = 20;

/** How far below the column's top the passages of cards begin, in px; the text's end is `end`. */
export interface PassageTops {
  readonly of: ReadonlyMap<string, number>;
  readonly end: number;
}

const unknown: PassageTops = { of: new Map(), end: 0 };

/** Measures where passages are, when the text, its width, or which passages there are has changed. */
export function usePassageTops(
  editor: BodyEditor,
  column: RefObject<HTMLElement | null>,
  ids: readonly string[],
): PassageTops {
  const [tops, setTops] = useState(unknown);
  const wanted = useRef(ids);
  const measureLater = useRef<() => void>(() => undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let frame: number | undefined;
    const measure = () => {
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
      timer = frame = undefined;
      if (!column.current || editor.view.isDestroyed || !editor.view.dom.isConnected) return;
      const next = measureTops(editor, column.current, wanted.current);
      setTops((before) => (same(before, next) ? before : next));
    };
    measureLater.current = () => (frame ??= requestAnimationFrame(measure));
    let { doc } = editor.shown;
    const stop = editor.subscribe(() => {
      if (editor.shown.doc === doc) return;
      doc = editor.shown.doc;
      timer ??= setTimeout(measure, everyMs);
    });
    const resized = new ResizeObserver(measureLater.current);
    resized.observe(editor.view.dom);
    // Not by `fonts.ready`: to ask for it lays the whole page out.
    const { fonts } = document;
    fonts.addEventListener('loadingdone', measureLater.current);
    return () => {
      stop();
      fonts.removeEventListener('loadingdone', measureLater.current);
      clearTimeout(timer);
      if (frame !== undefined) cancelAnimationFrame(frame);
      resized.disconnect();
    };
  }, [editor, column]);
  useLayoutEffect(() => {
    wanted.current = ids;
    const fresh = ids.filter((id) => !tops.of.has(id));
    const few = fresh.length > 0 && fresh.length <= fewAtOnce;
    // While the piece opens, asking where a passage is would lay all of its text out in the same task.
    if (!few || tops === unknown || !column.current) {
      measureLater.current();
      return;
    }
    // They stand at their places in their first frame; many have a frame of their own.
    const { of, end } = measureTops(editor, column.current, fresh);
    // eslint-disable-next-line react-hooks/set-state-in-effect
    if (of.size > 0) setTops((before) => ({ of: new Map([...before.of, ...of]), end }));
    // Of those that are there already, `tops` is asked only when `ids` has changed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editor, column, ids]);
  return tops;
}

function measureTops(editor: BodyEditor, column: HTMLElement, ids: readonly string[]): PassageTops {
  const { view } = editor;
  const above = column.getBoundingClientRect().top;
  const places = placesIn(view.state);
  const draft = draftIn(view.state);
  const of = new Map<string, number>();
  for (const id of ids) {
    const place = id === draftCard ? draft : places.get(id);
    if (place) of.set(id, Math.round(view.coordsAtPos(place.from, 1).top - above));
  }
  return { of, end: Math.round(view.dom.getBoundingClientRect().bottom - above) };
}

function same(one: PassageTops, other: PassageTops): boolean {
  if (one.end !== other.end || one.of.size !== other.of.size) return false;
  return [...other.of].every(([id, top]) => one.of.get(id) === top);
}

import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { draftIn, placesIn } from '../../../../editor/index.ts';
import type { PieceFields } from '../../writing/fields/piece-fields.ts';
import { draftCard } from '../margin/use-shown-threads.ts';

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
  fields: PieceFields,
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
      const { view } = fields.body;
      if (!column.current || view.isDestroyed || !view.dom.isConnected) return;
      const next = measureTops(fields, column.current, wanted.current);
      setTops((before) => (same(before, next) ? before : next));
    };
    measureLater.current = () => (frame ??= requestAnimationFrame(measure));
    const docs = () => fields.editors.map(({ shown }) => shown.doc);
    let known = docs();
    const stop = fields.subscribe(() => {
      const now = docs();
      if (now.length === known.length && now.every((doc, i) => doc === known[i])) return;
      known = now;
      timer ??= setTimeout(measure, everyMs);
    });
    const resized = new ResizeObserver(measureLater.current);
    for (const { view } of [fields.title, fields.standfirst, fields.body])
      resized.observe(view.dom);
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
  }, [fields, column]);
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
    const { of, end } = measureTops(fields, column.current, fresh);
    // oxlint-disable-next-line react/set-state-in-effect
    if (of.size > 0) setTops((before) => ({ of: new Map([...before.of, ...of]), end }));
    // Of those that are there already, `tops` is asked only when `ids` has changed.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [fields, column, ids]);
  return tops;
}

function measureTops(
  fields: PieceFields,
  column: HTMLElement,
  ids: readonly string[],
): PassageTops {
  const above = column.getBoundingClientRect().top;
  const of = new Map<string, number>();
  const wanted = new Set(ids);
  let end = Math.round(fields.body.view.dom.getBoundingClientRect().bottom - above);
  for (const { view } of fields.editors) {
    const draft = draftIn(view.state);
    const places = new Map(placesIn(view.state));
    if (draft) places.set(draftCard, draft);
    for (const [id, place] of places) {
      if (!wanted.has(id)) continue;
      const top = Math.round(view.coordsAtPos(place.from, 1).top - above);
      of.set(id, top);
      // What is in a note stands below the text.
      end = Math.max(end, top);
    }
  }
  return { of, end };
}

function same(one: PassageTops, other: PassageTops): boolean {
  if (one.end !== other.end || one.of.size !== other.of.size) return false;
  return [...other.of].every(([id, top]) => one.of.get(id) === top);
}

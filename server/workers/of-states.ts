import * as Y from 'yjs';
import { DocumentFields } from '../../shared/document/fields.ts';
import {
  applyStored,
  newDocument,
  readDocument,
  readOutline,
  sharedTypes,
} from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';
import { v7 as newId } from 'uuid';
import type { DocumentModel } from '../../shared/document/model.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import { articleHtml } from '../export/article.ts';
import { rawHtml } from '../export/raw-html.ts';
import { etagOf, matches } from '../content/etag.ts';
import { replaceDocument } from '../content/replace-document.ts';
import { replaceText } from '../pieces/replace-text.ts';
import { summarise } from '../pieces/summary.ts';
import { acceptInto } from '../threads/decisions/accept-into.ts';
import { makeAnchor } from '../threads/anchors/anchoring.ts';
import { carryThrough, type Carried } from '../threads/anchors/carry-anchors.ts';
import { lookAt } from '../threads/anchors/look.ts';
import { countInOutline, notesOf, openThreadsIn } from '../threads/open-threads.ts';
import { takenBack } from '../threads/decisions/taken-back.ts';
import type { PerformsOfStates } from './state-tasks.ts';

/**
 * What is read off a live document, and edits that are made for it, each on a copy: `state` is the
 * document as one update. An edit is merged like anybody's, so what others type meanwhile stays (S3).
 */
export const ofStates: PerformsOfStates = {
  look: async ({ state, sought }) => withDoc(state, (doc) => lookAt(doc, sought)),

  anchor: async ({ state, input, points }) =>
    withDoc(state, (doc) => ({
      ...makeAnchor(doc, input, points),
      seen: Y.decodeStateVector(Y.encodeStateVector(doc)),
    })),

  accept: async ({ state, row, sought, clientId }) =>
    withDoc(state, (doc) => {
      const { looks } = lookAt(doc, sought);
      const made: { is: ReturnType<typeof acceptInto> } = { is: { passage: '' } };
      const update = editIn(doc, clientId, () => {
        made.is = acceptInto(doc, row, looks);
      });
      const own = looks.find((look) => look.row.id === row.id)?.row;
      const passage = own === undefined ? null : { start: own.start, end: own.end };
      return { acceptance: made.is, update, passage };
    }),

  takenBack: async ({ state, row, sought }) =>
    withDoc(state, (doc) => takenBack(doc, row, lookAt(doc, sought).looks[0])),

  replace: async ({ state, content, format, ifMatch, sought, clientId }) =>
    withDoc(state, (doc) => {
      const etag = etagOf(doc);
      if (!matches(ifMatch, etag)) return null;
      const { warnings, ...model } = importContent(content, format, { newId });
      const { looks } = lookAt(doc, sought);
      const outcome: { carried: Carried } = { carried: { changes: [], moved: [] } };
      const update = editIn(doc, clientId, () => {
        // A passage that was moved elsewhere is found there by its words, later.
        const edit = () => replaceDocument(doc, model, format);
        carryThrough(doc, looks, edit, (carried) => (outcome.carried = carried));
      });
      const now = etagOf(doc);
      const carried = update === null ? { changes: [], moved: [] } : outcome.carried;
      return {
        ...{ update, carried, warnings, etag: now, changed: now !== etag },
        summary: summarise(doc),
      };
    }),

  replaceHead: async ({ state, title, standfirst, clientId }) =>
    withDoc(state, (doc) => {
      const update = editIn(doc, clientId, () => {
        if (title !== undefined) replaceText(doc.getText(sharedTypes.title), title);
        if (standfirst !== undefined) replaceText(doc.getText(sharedTypes.standfirst), standfirst);
      });
      return { update, summary: summarise(doc) };
    }),

  carry: async ({ state, update, sought }) =>
    withDoc(state, (doc) => {
      const { looks } = lookAt(doc, sought);
      const outcome: { carried: Carried } = { carried: { changes: [], moved: [] } };
      doc.transact(() => {
        const edit = () => Y.applyUpdate(doc, update);
        carryThrough(doc, looks, edit, (carried) => (outcome.carried = carried));
      });
      return { carried: outcome.carried, summary: summarise(doc) };
    }),

  export: async ({ state, format, profile, frontMatter, threads }) =>
    withDoc(state, (doc) => {
      const model = readDocument(doc);
      const notes =
        threads === null ? null : notesOf(lookAt(doc, threads.sought).looks, threads.comments);
      const about = { title: model.title, etag: etagOf(model) };
      if (format === 'json') return { ...about, text: JSON.stringify(model) };
      if (format === 'html') return { ...about, text: htmlOf(model, profile) };
      const options = { profile, frontMatter, ...(notes !== null && { notes }) };
      return { ...about, text: exportMarkdown(model, options) };
    }),

  outline: async ({ state, sought }) =>
    withDoc(state, (doc) => {
      const outline = readOutline(doc.getText(sharedTypes.body).toDelta() as unknown[]);
      const threads = openThreadsIn(lookAt(doc, sought).looks, new DocumentFields(doc).marks);
      return JSON.stringify(countInOutline(outline, threads));
    }),

  etag: async ({ state }) => withDoc(state, etagOf),

  summary: async ({ state }) => withDoc(state, summarise),
};

function withDoc<T>(state: Uint8Array, work: (doc: Y.Doc) => T): T {
  const doc = newDocument();
  applyStored(doc, [state]);
  const done = work(doc);
  doc.destroy();
  return done;
}

/** Edits a copy with a clientID of the edit's own. @returns what it did, null: nothing. */
function editIn(doc: Y.Doc, clientId: number, edit: () => void): Uint8Array | null {
  const updates: Uint8Array[] = [];
  const listen = (update: Uint8Array) => updates.push(update);
  doc.clientID = clientId;
  doc.on('update', listen);
  doc.transact(edit);
  doc.off('update', listen);
  return updates.length === 0 ? null : Y.mergeUpdates(updates);
}

function htmlOf(model: DocumentModel, profile: 'publish' | 'working'): string {
  return profile === 'publish' ? articleHtml(model, rawHtml) : documentHtml(model, rawHtml);
}

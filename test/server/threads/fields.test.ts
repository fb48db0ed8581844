import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Thread } from '../../../shared/api/threads.ts';
import { DocumentFields, type Field } from '../../../shared/document/fields.ts';
import { expectProblem, startTestServer, type TestServer } from '../http/support.ts';
import {
  begin,
  makeDesk,
  makePeople,
  threadNow,
  threadsOf,
  type DeskPeople,
  type ThreadDesk,
} from './desk.ts';

let server: TestServer;
let desk: ThreadDesk;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const passage = 'they pay for themselves';
const sentence = `Night buses, and ${passage}.`;
const markdown = (words: string, at: Field) => {
  const of = (field: Field, other: string) => (field === at ? words : other);
  return [
    `---\ntitle: ${of('title', 'A title')}\nstandfirst: ${of('standfirst', 'A standfirst')}\n---`,
    `## Costs\n\n${of('body', 'A paragraph.')} It is marked.[^n]`,
    `## Streets\n\nThe last paragraph.`,
    `[^n]: ${of('footnote:n', 'A note.')}`,
  ].join('\n\n');
};
const others = ['title', 'standfirst', 'footnote:n'] as const;
const fields = ['body', ...others] as const;

const read = <T>(ask: (text: Y.Text, doc: Y.Doc) => T, field: Field): Promise<T> =>
  server.rooms.read(desk.pieceId, (doc) => ask(new DocumentFields(doc).text(field)!, doc));
const write = (field: Field, change: (text: Y.Text, doc: Y.Doc) => void): Promise<void> =>
  server.rooms.edit(desk.pieceId, desk.writer.id, (doc) =>
    change(new DocumentFields(doc).text(field)!, doc),
  );
const textIn = (field: Field) => read((text) => text.toJSON(), field);
const put = async (content: string) => {
  const url = `/api/pieces/${desk.pieceId}/content`;
  const { statusCode } = await desk.owner.call('PUT', url, { content }, { 'if-match': '*' });
  expect(statusCode).toBe(200);
};
const decide = (thread: Thread, how: string) =>
  desk.writer.call('POST', `/api/threads/${thread.id}/${how}`);

/** Takes a passage out of its field, with the footnote's mark where it is one. */
const takeOut = (field: Field) =>
  write(field, (text) => {
    text.delete(text.toJSON().indexOf(passage), passage.length);
  });
const putBack = (field: Field) =>
  write(field, (text) => text.insert(text.toJSON().indexOf('.'), passage));

describe.each(fields)('S5 in %s', (field) => {
  let people: DeskPeople;
  let thread: Thread;
  beforeAll(async () => {
    people = await makePeople(server);
  });
  beforeEach(async () => {
    desk = await makeDesk(server, { content: markdown(sentence, field) }, people);
    thread = await begin(desk, desk.reviewer, {
      anchor: { field, quote: passage },
      body: 'Do they?',
    });
  });

  test('a comment stands on its passage, and says where', async () => {
    const from = (await textIn(field)).indexOf(passage);
    expect(thread).toMatchObject({ field, quote: passage, orphaned: false });
    expect(thread.position).toEqual({ from, to: from + passage.length });
    expect((await threadsOf(desk)).items[0]).toMatchObject({ field, position: thread.position });
    await write(field, (text) => text.insert(0, 'So. '));
    await write(field, (text) => text.insert(text.toJSON().indexOf('for'), 'soon '));
    expect(await threadNow(desk.reader, thread.id)).toMatchObject({
      ...{ field, quote: 'they pay soon for themselves', orphaned: false },
      position: { from: from + 4, to: from + 4 + passage.length + 5 },
    });
  });

  test('an editor’s positions name it by themselves, and must be in the field that is named', async () => {
    const { start, end } = thread.anchor!;
    const again = await begin(desk, desk.reviewer, { anchor: { start, end }, body: 'x' });
    expect(again).toMatchObject({ field, quote: passage, position: thread.position });
    const [other] = fields.filter((one) => one !== field);
    const url = `/api/pieces/${desk.pieceId}/threads`;
    const wrong = { anchor: { start, end, field: other }, body: 'x' };
    expectProblem(await desk.reviewer.call('POST', url, wrong), 422, 'anchor_unreadable');
    // The end of a text has no letter to hold on to: it is named by the text.
    const last = await read(
      (text) =>
        [text.length - 1, text.length].map((index, i) =>
          Buffer.from(
            Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, index, i - 1)),
          ).toString('base64'),
        ),
      field,
    );
    const anchor = { start: last[0], end: last[1] };
    if (field !== 'body') {
      expect(await begin(desk, desk.reviewer, { anchor, body: 'x' })).toMatchObject({ field });
    }
  });

  test('it is orphaned without its passage, and found when that is back', async () => {
    await threadNow(desk.reader, thread.id);
    await takeOut(field);
    expect(await threadNow(desk.reader, thread.id)).toMatchObject({
      ...{ field, quote: passage, orphaned: true, position: null, anchor: null },
    });
    await putBack(field);
    expect(await threadNow(desk.reader, thread.id)).toMatchObject({
      ...{ field, quote: passage, orphaned: false, position: thread.position },
    });
  });

  test('it follows its passage into another field', async () => {
    for (const to of fields.filter((one) => one !== field)) {
      const before = await threadNow(desk.reader, thread.id);
      await takeOut(before.field);
      await write(to, (text) => text.insert(2, passage));
      expect(await threadNow(desk.reader, thread.id)).toMatchObject({
        ...{ field: to, quote: passage, orphaned: false },
        position: { from: 2, to: 2 + passage.length },
      });
    }
  });

  test('PUT content and a restored version take it along', async () => {
    const versions = `/api/pieces/${desk.pieceId}/versions`;
    const kept = await desk.owner.call('POST', versions, { name: 'Before' });
    await put(markdown(sentence.replace('pay', 'do pay'), field));
    expect(await threadNow(desk.reader, thread.id)).toMatchObject({
      ...{ field, quote: 'they do pay for themselves', orphaned: false },
    });
    await put(markdown('Nothing.', field));
    const { id } = kept.json<{ id: string }>();
    const restored = await desk.owner.call('POST', `/api/versions/${id}/restore`, {});
    expect(restored.statusCode).toBe(200);
    expect(await threadNow(desk.reader, thread.id)).toMatchObject({
      ...{ field, quote: passage, orphaned: false, position: thread.position },
    });
  });

  test('S3 an accepted suggestion changes its words and no others, and those are the proposer’s', async () => {
    const suggestion = { replacement: 'they do not pay for themselves' };
    const anchor = { field, quote: passage };
    const one = await begin(desk, desk.reviewer, { anchor, suggestion });
    const accepted = await decide(one, 'accept');
    expect(accepted.json()).toMatchObject({
      field,
      status: 'accepted',
      ...{ quote: suggestion.replacement },
    });
    expect(await textIn(field)).toContain(`and ${suggestion.replacement}.`);
    expect((await threadNow(desk.reader, thread.id)).quote).toBe(suggestion.replacement);
    const written = await read((text) => lettersOf(text), field);
    const rows = await server.sql<{ client: number; by: string | null }[]>`
      select client_id as client, user_id as by from client_ids where piece_id = ${desk.pieceId}`;
    const mine = new Set(rows.filter(({ by }) => by === desk.reviewer.id).map((row) => row.client));
    const words = written.filter(([, client]) => mine.has(client)).map(([letter]) => letter);
    expect(words.join('').trim()).toBe('do not');
  });

  test.each([
    ['other words', { quote: passage }, 'they do not pay'],
    ['no words', { quote: ` and ${passage}` }, ''],
    ['words at a point', { quote: '', prefix: 'Night ' }, 'and day '],
  ])(
    'an accepted suggestion of %s that is undone in the text is reopened',
    async (_what, at, replacement) => {
      const before = await textIn(field);
      const one = await begin(desk, desk.reviewer, {
        ...{ anchor: { field, ...at }, suggestion: { replacement } },
      });
      expect((await decide(one, 'accept')).statusCode).toBe(200);
      expectProblem(await decide(one, 'reopen'), 409, 'already_decided');
      // As an undo does: what was taken out comes back as new letters.
      await write(field, (text) => {
        const now = text.toJSON();
        let same = 0;
        while (same < before.length && now[same] === before[same]) same++;
        text.delete(same, now.length - same);
        text.insert(same, before.slice(same));
      });
      const reviewers = await desk.reviewer.call('POST', `/api/threads/${one.id}/reopen`);
      expect(reviewers.statusCode).toBe(403);
      expect((await decide(one, 'reopen')).json()).toMatchObject({
        ...{ status: 'open', decidedBy: null, field, quote: at.quote, position: one.position },
      });
      expect((await decide(one, 'accept')).statusCode).toBe(200);
    },
  );

  test.each([
    ['words behind them', passage, `${passage} and more`, 'more', 'mores'],
    ['words before them', passage, `that ${passage}`, 'that', 'so that'],
    ['themselves', passage, `${passage}, for ${passage}`, 'selves, for', 'selves or'],
    ['no words', ` and ${passage}`, '', 'buses,', 'buses;'],
  ])(
    'an accepted suggestion that was edited since is not taken for undone: %s',
    async (_what, quote, replacement, now, edited) => {
      const one = await begin(desk, desk.reviewer, {
        ...{ anchor: { field, quote }, suggestion: { replacement } },
      });
      expect((await decide(one, 'accept')).statusCode).toBe(200);
      await write(field, (text) => {
        const at = text.toJSON().indexOf(now);
        text.delete(at, now.length);
        text.insert(at, edited);
      });
      expectProblem(await decide(one, 'reopen'), 409, 'already_decided');
    },
  );

  test('409 with the passage as it now reads, where that has changed', async () => {
    const anchor = { field, quote: passage };
    const one = await begin(desk, desk.reviewer, { anchor, suggestion: { replacement: 'x' } });
    await write(field, (text) => text.insert(text.toJSON().indexOf('for'), 'soon '));
    const answer = await decide(one, 'accept');
    expectProblem(answer, 409, 'passage_changed');
    expect(answer.json()).toMatchObject({ passage: 'they pay soon for themselves' });
  });

  test('something is suggested at a point of it, and for no words', async () => {
    const point = { field, quote: '', prefix: 'Night ' };
    const insertion = await begin(desk, desk.reviewer, {
      ...{ anchor: point, suggestion: { replacement: 'and day ' } },
    });
    expect(insertion).toMatchObject({ field, quote: '', suggestion: { original: '' } });
    expect((await decide(insertion, 'accept')).statusCode).toBe(200);
    expect(await textIn(field)).toContain('Night and day buses');
  });

  test('an export with notes shows it, and the outline counts it', async () => {
    const url = `/api/pieces/${desk.pieceId}`;
    const { body } = await desk.owner.call('GET', `${url}/export?profile=working&notes=true`);
    const name = /reviewer \d+/.exec(body)?.[0] ?? '';
    const shown = `{==${passage}==}{>>${name}: Do they?<<}`;
    expect(body).toContain(field === 'body' ? sentence.replace(passage, shown) : shown);
    if (field === 'footnote:n') expect(body).toContain(`[^n]: Night buses, and ${shown}`);
    const outline = (await desk.owner.call('GET', `${url}/outline`)).json<{
      openThreads: number;
      orphanedThreads: number;
      sections: { openThreads: number }[];
    }>();
    const inFirst = field === 'body' || field === 'footnote:n' ? 1 : 0;
    expect(outline).toMatchObject({
      ...{ openThreads: 1, orphanedThreads: 0 },
      sections: [{ openThreads: inFirst }, { openThreads: 0 }],
    });
  });

  test('a quote is sought in no other field', async () => {
    const url = `/api/pieces/${desk.pieceId}/threads`;
    for (const other of fields.filter((one) => one !== field)) {
      const wrong = { anchor: { field: other, quote: passage }, body: 'x' };
      expectProblem(await desk.reviewer.call('POST', url, wrong), 422, 'anchor_not_found');
    }
  });
});

function lettersOf(text: Y.Text): [string, number][] {
  const letters: [string, number][] = [];
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    for (const letter of item.content.str) letters.push([letter, item.id.client]);
  }
  return letters;
}

describe('S5 a title and a standfirst', () => {
  test('of which a suggestion was accepted are so in the list, on one line', async () => {
    desk = await makeDesk(server, { content: markdown(sentence, 'title') });
    const anchor = { field: 'title', quote: passage };
    const suggestion = { replacement: 'they\n\npay' };
    const one = await begin(desk, desk.reviewer, { anchor, suggestion });
    expect(one.suggestion?.replacement).toBe('they pay');
    expect((await decide(one, 'accept')).statusCode).toBe(200);
    await server.rooms.saved(desk.pieceId);
    await expect
      .poll(async () =>
        (await desk.owner.call('GET', `/api/pieces/${desk.pieceId}`)).json<object>(),
      )
      .toMatchObject({ title: 'Night buses, and they pay.' });
  });
});

describe('S5 a footnote', () => {
  beforeEach(async () => {
    desk = await makeDesk(server, { content: markdown(sentence, 'footnote:n') });
  });

  test('that nobody sees any more orphans its threads, until its mark is back', async () => {
    const anchor = { field: 'footnote:n', quote: passage };
    const { id } = await begin(desk, desk.reviewer, { anchor, body: 'x' });
    let mark = -1;
    await write('body', (body, doc) => {
      mark = new DocumentFields(doc).marks.get('n') ?? -1;
      body.delete(mark, 1);
    });
    expect(await threadNow(desk.reader, id)).toMatchObject({ orphaned: true, quote: passage });
    await write('body', (body) => body.insertEmbed(mark, { footnote: 'n' }));
    expect(await threadNow(desk.reader, id)).toMatchObject({ orphaned: false, quote: passage });
  });

  test('is made anew, and they are on it', async () => {
    const anchor = { field: 'footnote:n', quote: passage };
    const { id } = await begin(desk, desk.reviewer, { anchor, body: 'x' });
    await write('body', (_body, doc) => {
      doc.getMap('footnotes').set('n', new Y.Text(`So ${sentence}`));
    });
    expect(await threadNow(desk.reader, id)).toMatchObject({ orphaned: false, quote: passage });
  });

  test('that is not there, or a field that is none', async () => {
    const ask = (field: string) =>
      desk.reviewer.call('POST', `/api/pieces/${desk.pieceId}/threads`, {
        ...{ anchor: { field, quote: passage }, body: 'x' },
      });
    expectProblem(await ask('footnote:m'), 422, 'anchor_not_found');
    for (const field of ['caption', 'footnote:', 'footnote:\0', 'footnote', '']) {
      expect((await ask(field)).statusCode, field).toBe(400);
    }
  });
});

describe('a quote is found whatever its form', () => {
  /** As it stands, and as others write it. */
  const forms: [string, string[]][] = [
    ['It’s theirs', ["It's theirs", 'It‘s theirs', 'It´s theirs']],
    [
      '“the city” sleeps',
      [
        '"the city" sleeps',
        '„the city“ sleeps',
        "'the city' sleeps",
        '«\u00a0the city\u00a0» sleeps',
      ],
    ],
    ['»Nein« sagt', ['"Nein" sagt', '« Nein » sagt', '‚Nein‘ sagt']],
    ['6\u202f000 francs', ['6 000 francs', '6\u00a0000\nfrancs', '6  000 \t francs']],
    ['caf\u00e9s cr\u00e8me', ['cafe\u0301s cre\u0300me']],
    ['na\u0308ively', ['n\u00e4ively']],
    ['offices', ['oﬃces']],
  ];
  const text = forms.map(([words], i) => `${i}: ${words}, ${i}.`).join(' ');

  test.each(fields)('in %s', async (field) => {
    desk = await makeDesk(server, { content: markdown('x', field) });
    await write(field, (field) => field.insert(0, text));
    const now = await textIn(field);
    for (const [i, [words, others]] of forms.entries()) {
      for (const quote of [words, ...others]) {
        for (const around of [{}, { prefix: `${i}:\u00a0`, suffix: `, ${i}.` }]) {
          const anchor = { field, quote, ...around };
          const thread = await begin(desk, desk.reviewer, { anchor, body: 'x' });
          expect(thread.quote).toBe(words);
          const { from, to } = thread.position!;
          expect(now.slice(from, to)).toBe(words);
        }
      }
    }
  });

  test('one that is there to the letter before those that are not; of several alike none', async () => {
    desk = await makeDesk(server, { content: 'x' });
    await write('body', (body) => body.insert(0, "It’s one. It's two. “A” „A“ cafe\u0301 cafe "));
    const url = `/api/pieces/${desk.pieceId}/threads`;
    const at = async (quote: string) => {
      const { position } = await begin(desk, desk.reviewer, { anchor: { quote }, body: 'x' });
      return position?.from;
    };
    expect(await at("It's")).toBe(10);
    expect(await at('It’s')).toBe(0);
    expect(await at('cafe')).toBe((await textIn('body')).lastIndexOf('cafe'));
    for (const quote of ['It‘s', '"A"', "'A'"]) {
      const answer = await desk.reviewer.call('POST', url, { anchor: { quote }, body: 'x' });
      expectProblem(answer, 422, 'anchor_ambiguous');
    }
  });
});

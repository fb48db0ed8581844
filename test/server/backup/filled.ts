/** A database with rows in every table that a backup keeps, of values that are hard to write down. */
import { randomBytes, randomUUID } from 'node:crypto';
import { keptTables } from '../../../server/backup/tables.ts';
import { connect } from '../../../server/db/connect.ts';
import { makePiece } from '../../support/pieces.ts';
import { silentLog } from '../../support/silent-log.ts';

/** What COPY has to escape, and what an encoding could break. */
export const oddTexts = [
  ...['', '\\N', '\\.', 'tab\tbreak\nreturn\rslash\\', '\\x41', 'ünïcödé 🌙 \u2028 \u0007'],
  ...['"quoted", \'twice\'', '{"json": "\\n"}', ' ', 'x'.repeat(300_000)],
];

export async function fillDatabase(url: string): Promise<void> {
  const sql = connect(url, { log: silentLog, name: 'test' });
  try {
    for (const [index, text] of oddTexts.entries()) {
      const [user, piece] = [randomUUID(), await makePiece(sql, `${text}\n`)];
      const bytes = Buffer.concat([Buffer.from([0, 10, 92, 255]), randomBytes(50)]);
      await sql.begin(async (tx) => {
        const who = { id: user, email: `p${index}@example.org`, name: text, device_secret: bytes };
        await tx`insert into users ${tx(who)}`;
        const token = {
          id: randomUUID(),
          user_id: user,
          name: text,
          hash: bytes,
          expires_at: null,
        };
        await tx`insert into api_tokens ${tx(token)}`;
        await tx`insert into former_tokens (hash) values (${bytes})`;
        const session = { id: randomUUID(), user_id: user, hash: bytes, expires_at: new Date() };
        await tx`insert into sessions ${tx({ ...session, device_secret: bytes })}`;
        await tx`insert into invites (user_id, hash, expires_at) values (${user}, ${bytes}, now())`;
        const account = {
          issuer: `https://${index}.example`,
          subject: text.slice(0, 200),
          user_id: user,
        };
        await tx`insert into oidc_accounts ${tx(account)}`;
        const data = tx.json({ text, n: index / 3, list: [null, true] });
        await tx`insert into people_events (id, subject, kind, data)
          values (${randomUUID()}, ${user}, 'made', ${data})`;
        await tx`update pieces set title = ${text}, created_by = ${user}, locked_by = ${user},
          deleted_at = ${index % 3 === 0 ? new Date() : null} where id = ${piece}`;
        await tx`insert into members (piece_id, user_id, role) values (${piece}, ${user}, 'owner')`;
        await tx`insert into former_writers (piece_id, user_id) values (${piece}, ${user})`;
        const refused = { id: randomUUID(), piece_id: piece, author: user, client_id: 2 ** 40 };
        const what = { reason: 'piece_full', at: new Date(), update: bytes, added: text };
        await tx`insert into refused_edits ${tx({ ...refused, ...what, removed: text })}`;
        const thread = randomUUID();
        const place = { start_position: bytes, end_position: bytes, quote: text, sought: text };
        const about = { id: thread, piece_id: piece, kind: 'comment', created_by: user };
        const around = { original: text, prefix: text, suffix: text, seen: bytes };
        await tx`insert into threads ${tx({ ...about, ...place, ...around })}`;
        const comment = { id: randomUUID(), piece_id: piece, thread_id: thread, author: user };
        await tx`insert into comments ${tx({ ...comment, body: text, mentions: [user, piece] })}`;
        const read = { piece_id: piece, thread_id: thread, user_id: user, read_at: new Date() };
        await tx`insert into thread_reads ${tx(read)}`;
        await tx`insert into piece_events (piece_id, id, kind, data)
          values (${piece}, ${randomUUID()}, 'made', ${data})`;
        const version = { id: randomUUID(), piece_id: piece, seq: 1, kind: 'named', name: text };
        await tx`insert into versions ${tx(version)}`;
        const open = { piece_id: piece, server: randomUUID(), opening: index };
        await tx`insert into open_pieces ${tx(open)}`;
      });
    }
  } finally {
    await sql.end();
  }
}

/** All rows of the kept tables, as text, in an order of their own. */
export async function rowsOf(url: string): Promise<Map<string, string[]>> {
  const sql = connect(url, { log: silentLog, name: 'test', max: 1 });
  try {
    const found = new Map<string, string[]>();
    for (const table of keptTables) {
      const rows = await sql<{ row: string }[]>`
        select ${sql(table)}::text as row from ${sql(table)} order by 1`;
      found.set(
        table,
        rows.map(({ row }) => row),
      );
    }
    return found;
  } finally {
    await sql.end();
  }
}

import type { Queryable } from '../../../server/db/client.ts';

/** Something of a schema that a server can notice, as the catalog of Postgres tells of it. */
export interface Fact {
  readonly kind: string;
  /** Of its kind; what belongs to a table is named after it, `pieces.title`. */
  readonly name: string;
  /** The table that it belongs to; null: none. */
  readonly table: string | null;
  /** What it is made of. */
  readonly is: Readonly<Record<string, string | null>>;
}

/** All of the current schema, by kind and name. */
export type Catalog = ReadonlyMap<string, Fact>;

const here = 'current_schema()::regnamespace';
const columnsOf = (of: string, numbers: string) => `(
  select string_agg(attname, ',' order by attname) from pg_attribute
  where attrelid = ${of} and attnum = any(${numbers}))`;

/** Each gives rows of kind, name, table and `is`. */
const questions = [
  `select case relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end as kind,
    relname as name, relname as table, jsonb_build_object(
      'sort', relkind, 'persistence', relpersistence, 'owner', relowner::regrole, 'rights', relacl,
      'row security', relrowsecurity, 'forced row security', relforcerowsecurity,
      'partition of', pg_get_expr(relpartbound, c.oid),
      'rows', case when relkind in ('r', 'm') then relfilenode end,
      'query', case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
      'numbers', (select (to_jsonb(s) - 'seqrelid')::text from pg_sequence s where seqrelid = c.oid)
    ) as is
  from pg_class c where relnamespace = ${here} and relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,

  `select 'column' as kind, relname || '.' || attname as name, relname as table, jsonb_build_object(
      'type', format_type(atttypid, atttypmod), 'collation', attcollation::regcollation,
      'not null', attnotnull, 'default', pg_get_expr(adbin, adrelid),
      'identity', attidentity, 'generated', attgenerated, 'rights', attacl
    ) as is
  from pg_attribute a join pg_class c on c.oid = attrelid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where relnamespace = ${here} and relkind in ('r', 'p', 'v', 'm', 'f')
    and attnum > 0 and not attisdropped`,

  `select 'constraint' as kind, relname || '.' || conname as name, relname as table,
    jsonb_build_object(
      'definition', regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
      'sort', contype, 'columns', ${columnsOf('conrelid', 'conkey')},
      'check', pg_get_expr(conbin, conrelid),
      'to', (select relname from pg_class where oid = confrelid), 'on delete', confdeltype
    ) as is
  from pg_constraint k join pg_class c on c.oid = conrelid
  where relnamespace = ${here} and contype in ('c', 'f', 'p', 'u', 'x')`,

  `select 'index' as kind, i.relname as name, c.relname as table, jsonb_build_object(
      'definition', pg_get_indexdef(indexrelid), 'unique', indisunique,
      'columns', case when indexprs is null then ${columnsOf('indrelid', 'indkey')} end
    ) as is
  from pg_index join pg_class i on i.oid = indexrelid join pg_class c on c.oid = indrelid
  where c.relnamespace = ${here} and c.relkind in ('r', 'p', 'm')
    and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))`,

  `select 'trigger' as kind, relname || '.' || tgname as name, relname as table,
    jsonb_build_object('definition', pg_get_triggerdef(t.oid), 'enabled', tgenabled) as is
  from pg_trigger t join pg_class c on c.oid = tgrelid
  where relnamespace = ${here} and not tgisinternal`,

  `select 'rule' as kind, relname || '.' || rulename as name, relname as table,
    jsonb_build_object('definition', pg_get_ruledef(r.oid), 'enabled', ev_enabled) as is
  from pg_rewrite r join pg_class c on c.oid = ev_class
  where relnamespace = ${here} and rulename <> '_RETURN'`,

  `select 'policy' as kind, tablename || '.' || policyname as name, tablename as table,
    to_jsonb(p) as is
  from pg_policies p where schemaname = current_schema()`,

  `select 'inheritance' as kind, p.relname || '.' || c.relname as name, p.relname as table,
    '{}'::jsonb as is
  from pg_inherits join pg_class p on p.oid = inhparent join pg_class c on c.oid = inhrelid
  where p.relnamespace = ${here} and p.relkind in ('r', 'p')`,

  `select 'function' as kind, oid::regprocedure::text as name, null as table,
    jsonb_build_object('definition', case when prokind <> 'a' then pg_get_functiondef(oid) end,
      'rights', proacl) as is
  from pg_proc where pronamespace = ${here}`,

  `select 'type' as kind, typname as name, null as table, jsonb_build_object(
      'sort', typtype, 'of', nullif(typbasetype, 0)::regtype, 'not null', typnotnull,
      'default', typdefault,
      'values', (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum
        where enumtypid = t.oid),
      'checks', (select string_agg(pg_get_constraintdef(k.oid), ' and ' order by conname)
        from pg_constraint k where contypid = t.oid and contype = 'c'),
      'fields', (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ',' order by attnum)
        from pg_attribute where attrelid = typrelid and attnum > 0 and not attisdropped)
    ) as is
  from pg_type t where typnamespace = ${here} and typelem = 0
    and (typrelid = 0 or exists (select from pg_class where oid = typrelid and relkind = 'c'))`,

  `select 'setting' as kind, coalesce(setrole::regrole::text, '') as name, null as table,
    jsonb_build_object('values', setconfig) as is
  from pg_db_role_setting
  where setdatabase = (select oid from pg_database where datname = current_database())`,

  `select 'event trigger' as kind, evtname as name, null as table,
    jsonb_build_object('enabled', evtenabled, 'on', evtevent) as is
  from pg_event_trigger`,

  `select 'schema' as kind, nspname as name, null as table,
    jsonb_build_object('owner', nspowner::regrole, 'rights', nspacl) as is
  from pg_namespace where oid = ${here}`,

  // Whatever else lies in the schema, so that at least its end is seen.
  `select 'object' as kind, pg_describe_object(classid, objid, objsubid) as name, null as table,
    '{}'::jsonb as is
  from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = ${here}
    and deptype = 'n' and classid not in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
  union all
  select 'extension', extname, null, jsonb_build_object('version', extversion) from pg_extension`,
];

export async function readCatalog(sql: Queryable): Promise<Catalog> {
  const facts = new Map<string, Fact>();
  for (const question of questions) {
    // As text: a value of any type is one here.
    const rows = await sql.unsafe<
      { kind: string; name: string; table: string | null; is: string }[]
    >(
      `select kind, name::text, "table"::text, (
        select jsonb_object_agg(key, value)::text from jsonb_each_text("is")
      ) as is from (${question}) as fact`,
    );
    for (const { kind, name, table, is } of rows) {
      const read = JSON.parse(is ?? '{}') as Fact['is'];
      facts.set(`${kind} ${name}`, { kind, name, table, is: read });
    }
  }
  return facts;
}

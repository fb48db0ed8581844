/** Parameters of a database URL by name, decoded. */
export type Parameters = Readonly<Partial<Record<string, string>>>;

type Rule = RegExp | readonly string[];

const onOff = ['0', '1'];
const number = /^-?\d+$/;
const anything = /^/;

/** Those of libpq that are understood, with their values; the files of TLS are looked at when they are read. */
const known: Readonly<Record<string, Rule>> = {
  host: anything,
  hostaddr: anything,
  port: anything,
  dbname: anything,
  user: anything,
  password: anything,
  application_name: anything,
  fallback_application_name: anything,
  options: anything,
  connect_timeout: number,
  keepalives: onOff,
  keepalives_idle: number,
  sslmode: ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
  sslnegotiation: ['postgres', 'direct'],
  sslrootcert: anything,
  sslcert: anything,
  sslkey: anything,
  sslpassword: anything,
  sslcrl: anything,
  sslsni: onOff,
  ssl_min_protocol_version: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
  ssl_max_protocol_version: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
  load_balance_hosts: ['disable', 'random'],
  // Not libpq's: what pooling providers put into the URLs that they hand out.
  pgbouncer: ['true', 'false'],
};

/** Understood, where the value asks for nothing that this program cannot do. */
const limited: Readonly<Record<string, { readonly may: Rule; readonly why: string }>> = {
  channel_binding: {
    may: ['disable', 'prefer'],
    why: 'the driver has no channel binding: use sslmode=verify-full, which proves the server too',
  },
  gssencmode: { may: ['disable', 'prefer'], why: 'the driver has no GSSAPI: use sslmode' },
  client_encoding: { may: /^(auto|utf-?8)$/i, why: 'it is always UTF8' },
  target_session_attrs: {
    may: ['any', 'read-write', 'primary'],
    why: 'Counterpoint writes: use read-write, primary or any',
  },
  sslcompression: { may: ['0'], why: 'TLS has no compression any more' },
};

/** Of libpq, and not done here. */
const refused = new Set(
  (
    'passfile require_auth keepalives_interval keepalives_count tcp_user_timeout replication ' +
    'requiressl sslcertmode sslcrldir sslkeylogfile requirepeer min_protocol_version ' +
    'max_protocol_version krbsrvname gsslib gssdelegation scram_client_key scram_server_key service'
  ).split(' '),
);

/** Reads a query; everything that is wrong with it is added to `problems`. */
export function readParameters(query: string, problems: string[]): Parameters {
  const given: Partial<Record<string, string>> = {};
  const unknown: string[] = [];
  const undone: string[] = [];
  for (const part of query.split('&').filter((each) => each !== '')) {
    const at = part.indexOf('=');
    const [key, value] = [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    if (at < 0 || key === null || value === null) {
      problems.push(`has a parameter that cannot be read: ${part}`);
    } else if (key === 'ssl' && value === 'true') {
      given.sslmode ??= 'require';
    } else if (refused.has(key)) {
      undone.push(key);
    } else if (key in known || key in limited) {
      given[key] = value;
      complain(key, value, problems);
    } else {
      unknown.push(key);
    }
  }
  if (unknown.length > 0) {
    problems.push(
      `has unknown parameters: ${unknown.join(', ')}; settings go into options=-c%20name%3Dvalue`,
    );
  }
  if (undone.length > 0) {
    problems.push(`has parameters that are not supported: ${undone.join(', ')}; take them out`);
  }
  return given;
}

function complain(key: string, value: string, problems: string[]): void {
  const rule = known[key];
  if (rule !== undefined && !fits(rule, value)) {
    const may = rule instanceof RegExp ? 'a whole number' : rule.join(', ');
    problems.push(
      `has ${key}=${value}, which must be ${rule instanceof RegExp ? '' : 'one of '}${may}`,
    );
  }
  const limit = limited[key];
  if (limit !== undefined && !fits(limit.may, value)) {
    problems.push(`has ${key}=${value}, which is not supported: ${limit.why}`);
  }
}

const fits = (rule: Rule, value: string) =>
  rule instanceof RegExp ? rule.test(value) : rule.includes(value);

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

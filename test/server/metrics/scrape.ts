export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What `/metrics` says. */
export interface Scraped {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of all series of a name that have these labels, among others; throws where there is none. */
  readonly of: (name: string, labels?: Readonly<Record<string, string>>) => number;
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

export async function scrape(
  server: { readonly url: string },
  headers: Record<string, string> = {},
): Promise<Scraped> {
  const answer = await fetch(`${server.url}/metrics`, { headers });
  if (answer.status !== 200) throw new Error(`/metrics: ${answer.status} ${await answer.text()}`);
  return parseMetrics(await answer.text());
}

/** Reads Prometheus' text format 0.0.4, and throws at any line that is not of it. */
export function parseMetrics(text: string): Scraped {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, what, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') helped.add(name!);
    else if (what === 'TYPE') {
      if (types.has(name!)) throw new Error(`${name} has two types`);
      types.set(name!, rest!);
    } else samples.push(sampleOf(line));
  }
  for (const name of types.keys()) if (!helped.has(name)) throw new Error(`${name} has no help`);
  return { types, samples, of: (name, labels = {}) => sumOf(samples, name, labels) };
}

function sampleOf(line: string): Sample {
  const [, name, pairs = '', number] = sampleLine.exec(line) ?? [];
  if (name === undefined) throw new Error(`Not a sample: ${line}`);
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < pairs.length) {
    const [, label, value] = labelPair.exec(pairs) ?? [];
    if (label === undefined || label in labels) throw new Error(`Not labels: ${pairs}`);
    labels[label] = value!;
  }
  const value = number === '+Inf' ? Infinity : Number(number);
  if (Number.isNaN(value)) throw new Error(`Not a number: ${line}`);
  return { name, labels, value };
}

function sumOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>>) {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length === 0) throw new Error(`No ${name} with ${JSON.stringify(labels)}`);
  return found.reduce((sum, { value }) => sum + value, 0);
}

/** Front matter as sites of four kinds have it, written for this table, and what a piece is to hold of it. */
export interface FrontMatterCase {
  readonly of: 'Hugo' | 'Jekyll' | 'Ghost' | 'Astro' | 'other';
  readonly what: string;
  /** With its fences. */
  readonly source: string;
  readonly title?: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

const yaml = (...lines: string[]) => ['---', ...lines, '---'].join('\n');
const toml = (...lines: string[]) => ['+++', ...lines, '+++'].join('\n');

export const frontMatters: readonly FrontMatterCase[] = [
  {
    ...{ of: 'Hugo', what: 'YAML as `hugo new` makes it', title: 'My First Post' },
    source: yaml('title: "My First Post"', 'date: 2024-01-05T09:30:00+01:00', 'draft: true'),
    meta: { date: '2024-01-05T09:30:00+01:00', draft: true },
  },
  {
    ...{ of: 'Hugo', what: 'TOML as `hugo new` makes it', title: 'My First Post' },
    source: toml("title = 'My First Post'", 'date = 2024-01-05T09:30:00-07:00', 'draft = true'),
    meta: { date: '2024-01-05T09:30:00-07:00', draft: true },
  },
  {
    ...{ of: 'Hugo', what: 'JSON', title: 'J' },
    source:
      '{\n\t"title": "J",\n\t"weight": 10,\n\t"tags": ["a",\n\t\t"b"],\n\t"p": {"q": null}\n}',
    meta: { weight: 10, tags: ['a', 'b'], p: { q: null } },
  },
  {
    ...{ of: 'Hugo', what: 'taxonomies and a weight', title: 'Rents' },
    source: yaml(
      'title: Rents',
      'categories: [Politics, "Night: life"]',
      'weight: -10',
      'series:',
      '- one',
    ),
    meta: { categories: ['Politics', 'Night: life'], weight: -10, series: ['one'] },
  },
  {
    ...{ of: 'Hugo', what: 'TOML with tables and arrays of them', title: 'T' },
    source: toml(
      ...[
        '# A comment',
        'title = "T"',
        'aliases = ["/old", "/older/"]',
        '[params]',
        'hero = "a.png"',
      ],
      ...[
        '[params.seo]',
        'index = false',
        '[[resources]]',
        'src = "a.png"',
        '[[resources]]',
        'src = "b"',
      ],
    ),
    meta: {
      aliases: ['/old', '/older/'],
      params: { hero: 'a.png', seo: { index: false } },
      resources: [{ src: 'a.png' }, { src: 'b' }],
    },
  },
  {
    ...{ of: 'Hugo', what: 'TOML dates of each kind, and one that is a string' },
    source: toml(
      'a = 2024-01-05',
      'b = 2024-01-05T10:00:00',
      'c = 10:30:00',
      'd = "2024-01-05"',
      'e = 1.5',
    ),
    meta: {
      ...{ a: '2024-01-05', b: '2024-01-05T10:00:00', c: '10:30:00', d: '2024-01-05', e: 1.5 },
      '!!str': ['/d'],
    },
  },
  {
    ...{ of: 'Hugo', what: 'a cascade' },
    source: yaml(
      'cascade:',
      '  - _target: {path: "/blog/**"}',
      '    build: {list: never, render: false}',
    ),
    meta: { cascade: [{ _target: { path: '/blog/**' }, build: { list: 'never', render: false } }] },
  },
  {
    ...{ of: 'Hugo', what: 'TOML of several lines' },
    source: toml('summary = """\nOne\nTwo # no comment"""', "raw = '''C:\\n'''", 'n = 1_000'),
    meta: { summary: 'One\nTwo # no comment', raw: 'C:\\n', n: 1000 },
  },
  {
    ...{ of: 'Jekyll', what: 'a post', title: 'Welcome to Jekyll!' },
    source: yaml(
      ...['layout: post', 'title:  "Welcome to Jekyll!"', 'date:   2015-11-17 16:16:01 -0600'],
      'categories: jekyll update',
    ),
    meta: { layout: 'post', date: '2015-11-17 16:16:01 -0600', categories: 'jekyll update' },
  },
  {
    ...{ of: 'Jekyll', what: 'a permalink, tags of words, comments off', title: '1984' },
    source: yaml(
      'title: 1984',
      'permalink: /:year/:title.html',
      'tags: [x y, "2024"]',
      'comments: no',
    ),
    meta: { permalink: '/:year/:title.html', tags: ['x y', '2024'], comments: 'no' },
  },
  {
    ...{ of: 'Jekyll', what: 'nothing', source: '---\n---' },
    meta: {},
  },
  {
    ...{ of: 'Jekyll', what: 'comments alone' },
    source: yaml('# nothing', '# at all'),
    meta: {},
  },
  {
    ...{ of: 'Jekyll', what: 'a folded excerpt' },
    source: yaml('excerpt: >-', '  Rents rise,', '  and: nobody', '', '  says why.', 'toc: true'),
    meta: { excerpt: 'Rents rise, and: nobody\nsays why.', toc: true },
  },
  {
    ...{ of: 'Jekyll', what: 'anchors and merged maps' },
    source: yaml('a: &a', '  x: 1', '  y: 2', 'b:', '  <<: *a', '  y: 3', 'c: *a'),
    meta: { a: { x: 1, y: 2 }, b: { y: 3, x: 1 }, c: { x: 1, y: 2 } },
  },
  {
    ...{ of: 'Jekyll', what: 'empty fields and a published flag', title: '' },
    source: yaml('title:', 'subtitle:', 'published: false', 'image: ~', 'header: {}', 'list: []'),
    meta: { subtitle: null, published: false, image: null, header: {}, list: [] },
  },
  {
    ...{ of: 'Jekyll', what: 'quotes of both kinds', title: 'It’s “so”' },
    source: yaml('title: It’s “so”', "a: 'it''s'", 'b: "tab\\t \\u00e9 \\x41"', "c: '2024-01-05'"),
    meta: { a: "it's", b: 'tab\t é A', c: '2024-01-05', '!!str': ['/c'] },
  },
  {
    ...{ of: 'Jekyll', what: 'a document that ends with dots', title: 'D' },
    source: '---\ntitle: D\nlang: de\n...',
    meta: { lang: 'de' },
  },
  {
    ...{ of: 'Ghost', what: 'an export of a post', title: 'Coming soon' },
    source: yaml(
      ...['title: Coming soon', 'slug: coming-soon', 'date_published: 2024-01-05T10:30:17.000Z'],
      ...['date_updated: 2024-01-06T00:00:00.000Z', 'tags: News, Night', 'excerpt: "So: soon"'],
    ),
    meta: {
      ...{ slug: 'coming-soon', date_published: '2024-01-05T10:30:17.000Z', excerpt: 'So: soon' },
      ...{ date_updated: '2024-01-06T00:00:00.000Z', tags: 'News, Night' },
    },
  },
  {
    ...{ of: 'Ghost', what: 'authors, features and code for the head', title: 'G' },
    source: yaml(
      ...['title: G', 'authors:', '  - name: Ann', '    slug: ann', '  - name: Bo', '    slug: bo'],
      ...[
        'featured: true',
        'feature_image: __GHOST_URL__/content/a b.png',
        'codeinjection_head: "<b>"',
      ],
    ),
    meta: {
      authors: [
        { name: 'Ann', slug: 'ann' },
        { name: 'Bo', slug: 'bo' },
      ],
      ...{
        featured: true,
        feature_image: '__GHOST_URL__/content/a b.png',
        codeinjection_head: '<b>',
      },
    },
  },
  {
    ...{ of: 'Ghost', what: 'a canonical URL, an id of digits and one of hex' },
    source: yaml(
      'canonicalUrl: https://example.org/?a=b#c',
      'id: 12345678901234567890',
      'hex: 5f1e2',
    ),
    meta: { canonicalUrl: 'https://example.org/?a=b#c', id: '12345678901234567890', hex: '5f1e2' },
  },
  {
    ...{ of: 'Ghost', what: 'an emoji and a secondary visibility' },
    source: yaml(
      'custom_excerpt: 🌙 by night',
      'visibility: paid',
      'email_only: off',
      'reading_time: 4',
    ),
    meta: { custom_excerpt: '🌙 by night', visibility: 'paid', email_only: 'off', reading_time: 4 },
  },
  {
    ...{ of: 'Astro', what: 'a post of its blog template', title: 'First post' },
    source: yaml(
      ...["title: 'First post'", "description: 'Lorem ipsum'", "pubDate: 'Jul 08 2022'"],
      "heroImage: '../../assets/blog-placeholder-3.jpg'",
    ),
    meta: {
      ...{ description: 'Lorem ipsum', pubDate: 'Jul 08 2022' },
      heroImage: '../../assets/blog-placeholder-3.jpg',
    },
  },
  {
    ...{ of: 'Astro', what: 'a date of YAML, an image with alt' },
    source: yaml(
      'pubDate: 2024-01-05',
      'image:',
      "  url: 'a.png'",
      '  alt: "A: b"',
      'tags: ["astro"]',
    ),
    meta: { pubDate: '2024-01-05', image: { url: 'a.png', alt: 'A: b' }, tags: ['astro'] },
  },
  {
    ...{ of: 'Astro', what: 'TOML', title: 'Toml' },
    source: toml('title = "Toml"', 'pubDate = 2024-01-05', 'author.name = "Ann"'),
    meta: { pubDate: '2024-01-05', author: { name: 'Ann' } },
  },
  {
    ...{ of: 'Astro', what: 'a layout and a setup' },
    source: yaml(
      'layout: ../layouts/Post.astro',
      'draft: false',
      'order: 1.50',
      'updated: 2024-1-5',
    ),
    meta: { layout: '../layouts/Post.astro', draft: false, order: 1.5, updated: '2024-1-5' },
  },
  {
    ...{ of: 'other', what: 'all fields that a piece has a place for', title: 'T' },
    source: yaml(
      ...['title: T', 'byline: Ann Author', 'date: 2024-01-05', 'slug: t', 'excerpt: So it is.'],
      ...['tags: [a, b]', 'canonicalUrl: https://example.org/t'],
    ),
    meta: {
      ...{ byline: 'Ann Author', date: '2024-01-05', slug: 't', excerpt: 'So it is.' },
      ...{ tags: ['a', 'b'], canonicalUrl: 'https://example.org/t' },
    },
  },
  {
    ...{ of: 'other', what: 'an author is no byline' },
    source: yaml('author: Ann', 'authors: [Ann, Bo]'),
    meta: { author: 'Ann', authors: ['Ann', 'Bo'] },
  },
  {
    ...{ of: 'other', what: 'Pandoc: names with spaces, letters of other scripts' },
    source: yaml('"lang": de', 'Straße: 5a', 'event date: 2024-01-05', '日付: いつか', '"a: b": c'),
    meta: { lang: 'de', Straße: '5a', 'event date': '2024-01-05', 日付: 'いつか', 'a: b': 'c' },
  },
  {
    ...{ of: 'other', what: 'numbers as people write them' },
    source: yaml(
      'zip: 01234',
      'a: +5',
      'b: 1e3',
      'c: 0x1F',
      'd: .5',
      'e: 12:30',
      'f: 1_000',
      'g: -0',
    ),
    meta: { zip: '01234', a: 5, b: 1000, c: 31, d: 0.5, e: '12:30', f: '1_000', g: 0 },
  },
  {
    ...{ of: 'other', what: 'names that every object has' },
    source: yaml('constructor: a', 'toString: b', 'hasOwnProperty: {valueOf: 1}', 'length: 3'),
    meta: { constructor: 'a', toString: 'b', hasOwnProperty: { valueOf: 1 }, length: 3 },
  },
];

/**
 * The command line. Importing this file runs it; what a command needs is loaded when it runs, so
 * that --help is quick.
 */
import { Command, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { hearSignals } from './commands/signals.ts';
import { packageFile } from './package-root.ts';

// Traces name our sources and their lines, not those of the build.
process.setSourceMapsEnabled(true);

const program = new Command('counterpoint')
  .description('A real-time collaborative op-ed editor, and what its operator needs')
  .version(
    z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(packageFile('package.json'), 'utf8'))).version,
  )
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nConfiguration comes from the environment (see README.md). Without DATABASE_URL a Postgres of\n' +
      "the server's own is used, in DATA_DIR, by one process at a time.",
  );

program
  .command('serve')
  .description('serve the API and the editor')
  .action(async () => {
    // Before the server is even loaded, which takes a while.
    const signals = hearSignals();
    await (await import('./commands/serve.ts')).serve(signals);
  });

program
  .command('migrate')
  .description("bring the database to this version's schema")
  .action(async () => {
    await (await import('./commands/migrate.ts')).migrateDatabase();
  });

program
  .command('import')
  .description('make a piece out of each file')
  .argument('<files...>', 'Markdown or plain text, in UTF-8, UTF-16 or Windows-1252')
  .addOption(
    new Option(
      '--format <format>',
      'how to read them (default: .txt is text, others markdown)',
    ).choices(['markdown', 'text']),
  )
  .option('--owner <email>', 'whose pieces they become (default: the first admin)')
  .action(async (files: string[], options: { format?: 'markdown' | 'text'; owner?: string }) => {
    await (await import('./commands/import.ts')).importFiles(files, options);
  });

program
  .command('export')
  .description('write pieces as Markdown')
  .argument('[pieceId]', 'the piece; to standard output where there is no --out')
  .option('--all', 'every piece, each into a file of its own')
  .addOption(
    new Option('--profile <profile>', 'for readers, or with all that an import brings back')
      .choices(['publish', 'working'])
      .default('publish'),
  )
  .option('--out <folder>', 'where the files go')
  .action(
    async (
      pieceId: string | undefined,
      options: { all?: boolean; profile: 'publish' | 'working'; out?: string },
      command: Command,
    ) => {
      const all = options.all === true;
      if (all === (pieceId !== undefined)) command.error('error: name one piece, or --all');
      if (all && options.out === undefined) command.error('error: --all needs --out <folder>');
      await (await import('./commands/export.ts')).exportPieces(pieceId ?? null, options);
    },
  );

program
  .command('verify')
  .description('rebuild pieces from the journal alone, and compare')
  .argument('[pieceId]', 'one piece (default: every piece)')
  .action(async (pieceId: string | undefined) => {
    await (await import('./commands/verify.ts')).verify(pieceId ?? null);
  });

program
  .command('compact')
  .description('pack the journal, without losing any moment of any history')
  .argument('[pieceId]', 'one piece (default: every piece)')
  .action(async (pieceId: string | undefined) => {
    await (await import('./commands/compact.ts')).compact(pieceId ?? null);
  });

program
  .command('backup')
  .description('write the whole database into one file, also while a server runs on it')
  .argument('[file]', 'a new file, or - for standard output (default: one here, named by the time)')
  .action(async (file: string | undefined) => {
    await (await import('./commands/backup.ts')).backup(file ?? null);
  });

program
  .command('restore')
  .description('put a backup into an empty database, and read every piece of it')
  .argument('<file>', 'what backup wrote')
  .option('--sign-out', 'end all sessions: everybody has to sign in')
  .action(async (file: string, options: { signOut?: boolean }) => {
    await (await import('./commands/restore.ts')).restore(file, options);
  });

program
  .command('doctor')
  .description('say what is wrong with this machine and its configuration, and how to mend it')
  .action(async () => {
    await (await import('./commands/doctor.ts')).doctor();
  });

await program.parseAsync();

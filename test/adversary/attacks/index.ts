import type { Attack } from '../attack.ts';
import { crowdedPlace, waitingWords } from './crowded-places.ts';
import { crowdedRoom } from './crowds.ts';
import { directory } from './directory.ts';
import { farPlaces } from './far-places.ts';
import { frameFloods } from './frames.ts';
import { guessedPasswords } from './guessed-passwords.ts';
import { heavyDiffs } from './heavy-diffs.ts';
import { largeUpdates } from './large-updates.ts';
import { longContents } from './long-contents.ts';
import { nestedImports } from './nested-imports.ts';
import { openPieces } from './open-pieces.ts';
import { orphanedThreads } from './orphaned-threads.ts';
import { pastTexts } from './past-texts.ts';
import { fullSpeed } from './routes.ts';
import { manyClients, tinyDeletions } from './stray-deletions.ts';
import { emptyQuestions, knowingQuestions } from './sync-questions.ts';
import { largeRefused } from './refused-edits.ts';
import { knownStates, presenceOfAMillion, refusedInserts } from './readers.ts';
import { unfinished } from './unfinished.ts';

/** Every attack that the bench runs, in the order of its rows. */
export const attacks: readonly Attack[] = [
  // The rows that were first found.
  tinyDeletions,
  manyClients,
  emptyQuestions,
  knowingQuestions,
  longContents,
  orphanedThreads,
  heavyDiffs,
  nestedImports,
  refusedInserts,
  presenceOfAMillion,
  unfinished,
  guessedPasswords,
  directory,
  // Everything else of the kind.
  farPlaces,
  crowdedPlace,
  waitingWords,
  openPieces,
  knownStates,
  crowdedRoom,
  pastTexts,
  largeRefused,
  ...largeUpdates,
  ...fullSpeed,
  ...frameFloods,
];

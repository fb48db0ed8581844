/** The argument of a piece. Indexes are into the body; texts are plain, counts in words. */
import { z } from 'zod';

const stretch = { text: z.string(), words: z.int(), from: z.int(), to: z.int() };

const counterpoint = z
  .object({ id: z.string(), answers: z.string().optional(), ...stretch })
  .meta({ id: 'Counterpoint' });

const thesis = z
  .object({ id: z.string(), ...stretch, counterpoints: z.array(counterpoint) })
  .meta({ id: 'Thesis' });

const part = z.object({
  from: z.int(),
  to: z.int(),
  words: z.int(),
  openThreads: z.int(),
  theses: z.array(thesis),
  counterpoints: z.array(counterpoint),
});

const section = part
  .extend({
    heading: z.string(),
    level: z.int(),
    get sections() {
      return z.array(section);
    },
  })
  .meta({ id: 'Section' });

export const outline = z
  .object({
    words: z.int(),
    /** Those that have lost their passage included; they are in no section. */
    openThreads: z.int(),
    orphanedThreads: z.int(),
    lede: part,
    sections: z.array(section),
    missing: z.array(
      z.object({
        code: z.string(),
        at: z.int(),
        id: z.string().optional(),
        message: z.string(),
      }),
    ),
  })
  .meta({ id: 'Outline' });

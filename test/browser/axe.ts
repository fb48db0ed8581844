import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Expects that axe finds nothing on the page as it stands, in the light and in the dark theme. It
 * runs in the page, which has no frames. Rejected: @axe-core/playwright, which brings axe into the
 * page anew for each run, and sums up in a page of its own: six times the processor time.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // What fades, as the names at carets do at any time, has no contrast half-way through.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(page.frames(), `${name}: axe would have to be brought into its frames too`).toHaveLength(
    1,
  );
  if (await page.evaluate(() => !('axe' in window))) await page.evaluate(axe.source);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((chosen) => {
      document.documentElement.dataset['theme'] = chosen;
    }, theme);
    await settled(page);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
      });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
      );
    });
    expect(found, `${name}, ${theme}`).toEqual([]);
  }
  await page.emulateMedia({ reducedMotion: null });
}

/**
 * Waits for the end of what was fading already, and of what begins to fade by that: an element that
 * inherits a colour follows one that fades.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    for (;;) {
      const moving = document.getAnimations().filter(({ playState }) => playState === 'running');
      if (moving.length === 0) return;
      await Promise.all(moving.map((animation) => animation.finished.catch(() => null)));
      await frame();
    }
  });
}

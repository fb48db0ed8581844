import { afterAll, beforeAll, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { startWebApp, asAdmin, type WebApp } from './web-app.ts';
import { createPerson, addMember } from '../support/people.ts';
import { longPiece } from '../bench/page/piece.ts';
let app: WebApp;
beforeAll(async () => { app = await startWebApp(); });
afterAll(() => app?.close());
test('long tasks', async () => {
  let n = 0;
  const content = longPiece(10000).split('\n').map((l) => /^[A-Z]/.test(l) ? l.replace(/(?:\S+ ){14}/g, (w) => `${w}case ${++n} is one `) : l).join('\n');
  const bare = await app.makePiece(content); const full = await app.makePiece(content);
  for (let i = 1; i <= 500; i++) await asAdmin(app.server, 'POST', `/pieces/${full}/threads`, { anchor: { quote: `case ${i} is one` }, body: `Where is case ${i} from?` });
  const p = await createPerson(app.server, 'Lia'); await addMember(app.server, bare, p, 'writer'); await addMember(app.server, full, p, 'writer');
  for (const [name, id] of [['bare', bare], ['full', full], ['bare', bare], ['full', full]] as const) {
    const page = await app.windowOf(p, { viewport: { width: 1440, height: 900 } });
    await page.addInitScript(() => { const w = window as any; w.t = []; new PerformanceObserver((l) => { for (const e of l.getEntries()) w.t.push([Math.round(e.startTime), Math.round(e.duration)]); }).observe({ type: 'longtask', buffered: true }); });
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Profiler.enable'); await cdp.send('Profiler.setSamplingInterval', { interval: 500 }); await cdp.send('Profiler.start');
    await page.goto(`${app.server.url}/pieces/${id}`);
    await page.locator('.ProseMirror').first().waitFor();
    if (name === 'full') await page.locator('[data-thread-card]').first().waitFor();
    await page.waitForTimeout(1500);
    const { profile } = await cdp.send('Profiler.stop') as any;
    writeFileSync(`/tmp/prof-${name}.json`, JSON.stringify(profile));
    console.log('TASKS ' + name, JSON.stringify(await page.evaluate(() => (window as any).t)));
    await page.context().close();
  }
}, 180000);

import { test } from 'vitest';
import { startWebApp } from './web-app.ts';
test('look', async () => {
  const app = await startWebApp();
  const content = `Open with what happened, or with somebody to whom it happened. The night bus at 3:40 carries the people who clean the wards and bake the bread.

## What is wrong

:::thesis{#wrong}
The city counts riders, and never those whom it left standing.
:::

Say how you know. It is **known** since *2019*, and [counted](https://example.org).[^1]

:::counterpoint{#but answers=wrong}
Counting costs more than it saves.

And it is late.
:::

### Who says so

Some words.

## What to do

:::thesis{#do}
Run the line for a year, and count.
:::

1. First
2. Second

## And then

:::counterpoint{#orphan}
An answer to nothing.
:::

End.

[^1]: By hand.
`;
  const id = await app.makePiece(content, 'Whoever counts the night buses');
  const ana = await app.join('Ana Lind', id);
  const ben = await app.join('Ben Okri', id);
  await ana.page.setViewportSize({ width: 1440, height: 900 });
  await ben.caretAfter('Say how');
  await ben.page.keyboard.type(' And more');
  await ana.caretAfter('never those');
  await ana.page.waitForTimeout(500);
  await ana.page.screenshot({ path: '/tmp/a.png' });
  // move by keyboard
  const heading = ana.page
    .getByRole('navigation', { name: 'Outline of the argument' })
    .getByRole('button', { name: 'And then', exact: true });
  await heading.focus();
  await ana.page.keyboard.press('Alt+ArrowUp');
  await ana.page.waitForTimeout(500);
  await ana.page.screenshot({ path: '/tmp/b.png' });
  console.log((await ana.lines()).join('|'));
  // drag
  const grip = ana.page.getByRole('button', { name: 'Move “And then”' });
  const box = (await grip.boundingBox())!;
  const target = (await ana.page
    .getByRole('button', { name: 'What is wrong', exact: true })
    .boundingBox())!;
  await ana.page.mouse.move(box.x + 8, box.y + 8);
  await ana.page.mouse.down();
  await ana.page.mouse.move(box.x + 8, box.y - 20, { steps: 4 });
  await ana.page.mouse.move(target.x + 8, target.y + 2, { steps: 8 });
  await ana.page.screenshot({ path: '/tmp/drag.png' });
  await ana.page.mouse.up();
  await ana.page.waitForTimeout(500);
  console.log((await ana.lines()).join('|'));
  await ana.page.setViewportSize({ width: 1440, height: 900 });
  await ana.page.getByRole('button', { name: 'More', exact: true }).click();
  await ana.page.getByRole('menuitem', { name: 'Export and import' }).click();
  await ana.page.getByText('# Whoever').waitFor();
  await ana.page.waitForTimeout(400);
  await ana.page.screenshot({ path: '/tmp/export.png' });
  await ana.page.getByRole('tab', { name: 'Import' }).click();
  await ana.page
    .getByRole('textbox', { name: 'Text' })
    .last()
    .fill('# New\n\n## Hi\n\n| a | b |\n|---|---|\n| 1 | 2 |\n');
  await ana.page.waitForTimeout(700);
  await ana.page.screenshot({ path: '/tmp/import.png' });
  await ana.page.keyboard.press('Escape');
  await ana.page.keyboard.press('Escape');
  await ana.body.focus();
  await ana.page.keyboard.press('Control+f');
  await ana.page.getByRole('textbox', { name: 'Find' }).fill('count');
  await ana.page.waitForTimeout(300);
  await ana.page.emulateMedia({ colorScheme: 'dark' });
  await ana.page.screenshot({ path: '/tmp/dark.png' });
  await ana.page.setViewportSize({ width: 390, height: 800 });
  await ana.page.waitForTimeout(300);
  await ana.page.screenshot({ path: '/tmp/phone.png' });
  await app.close();
});

/*
 * Runs in the page, before anything of it: notes, in `window.bench`, when the text could first be
 * written in and was painted (ms since the navigation began), and how long each key took to the
 * paint that followed it.
 */
/* global window, document, requestAnimationFrame, MessageChannel, performance */
const bench = { editableAt: null, keys: [] };
window.bench = bench;

/** A message that is posted in a frame comes after that frame was painted. */
function afterPaint(then) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  });
}

function look() {
  const editor = document.querySelector('.ProseMirror[contenteditable="true"]');
  if (!editor?.textContent.includes('What section 9 counts')) requestAnimationFrame(look);
  else afterPaint(() => (bench.editableAt = performance.now()));
}
requestAnimationFrame(look);

window.addEventListener(
  'keydown',
  // The key's own time, before any script saw it: what the page was busy with counts.
  ({ timeStamp }) => afterPaint(() => bench.keys.push(performance.now() - timeStamp)),
  { capture: true },
);

/*
 * Runs in the page, before anything of it: notes, in `window.threads`, the longest tasks, and when
 * the passage and the card of each thread were first painted (ms of the wall clock).
 */
/* global window, document, requestAnimationFrame, MessageChannel, performance, PerformanceObserver,
   MutationObserver */
const threads = { tasks: [], shownAt: {} };
window.threads = threads;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) threads.tasks.push(duration);
}).observe({ type: 'longtask', buffered: true });

/** A message that is posted in a frame comes after that frame was painted. */
function afterPaint(then) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  });
}

const noted = new Set();
function look() {
  // By the cards, which are few: what measures must not be what takes long.
  for (const { dataset } of document.querySelectorAll('[data-thread-card]')) {
    const id = dataset.threadCard;
    if (noted.has(id) || !document.querySelector(`.passage[data-thread="${id}"]`)) continue;
    noted.add(id);
    afterPaint(() => (threads.shownAt[id] = performance.timeOrigin + performance.now()));
  }
}
new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });

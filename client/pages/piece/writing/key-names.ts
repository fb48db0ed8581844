/** A key in ProseMirror's notation, as people read it on their keyboard. */
export function keyName(key: string, mac: boolean = isMac()): string {
  const parts = key.split(/-(?!$)/);
  const names = parts.map((part) => (mac ? macNames : otherNames)[part] ?? shown(part));
  const last = names.pop() ?? '';
  const order = mac ? macOrder : otherOrder;
  names.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return [...names, last].join(mac ? '' : '+');
}

const otherNames: Readonly<Record<string, string>> = { Mod: 'Ctrl' };
const otherOrder = ['Ctrl', 'Alt', 'Shift'];
const macNames: Readonly<Record<string, string>> = {
  Mod: '⌘',
  Alt: '⌥',
  Shift: '⇧',
  Ctrl: '⌃',
  Enter: '↩',
};
const macOrder = ['⌃', '⌥', '⇧', '⌘'];

function shown(part: string): string {
  return part.length === 1 ? part.toUpperCase() : part;
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

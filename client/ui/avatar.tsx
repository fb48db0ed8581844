import styles from './avatar.module.css';

/** Somebody's initials on their colour, which carries white text as the server's palette does. */
export function Avatar({ name, color }: { name: string; color: string }) {
  return (
    <span className={styles['avatar']} style={{ background: color }} aria-hidden>
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('');
}

import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { t } from '../../strings/index.ts';
import styles from './waiting.module.css';

/**
 * A part of a page that is loaded when it is first wanted. It may not come: without a network, or from
 * a server that has a newer build by now. Then this is said in its place, and the page around it stays.
 */
export function lazyPart<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return await load();
    } catch (error) {
      console.warn('A part of the page could not be loaded', error);
      return { default: NotLoaded };
    }
  });
}

function NotLoaded() {
  return (
    <p role="alert" className={styles['notLoaded']}>
      {t.common.partNotLoaded}
    </p>
  );
}

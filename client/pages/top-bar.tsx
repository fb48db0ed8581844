import { ChevronDown } from 'lucide-react';
import { Link } from 'wouter';
import type { User } from '../api/session.ts';
import { t } from '../strings/index.ts';
import { Button } from '../ui/button/button.tsx';
import { lazyPart } from '../ui/loading/lazy-part.tsx';
import { MenuButton } from '../ui/button/menu-button.tsx';
import styles from './top-bar.module.css';

const loadMenu = () => import('./account-menu.tsx');
const AccountMenu = lazyPart(loadMenu);

/** Above every page but a piece: the way home, and what belongs to oneself. */
export function TopBar({ me }: { me: User }) {
  return (
    <header className={styles['bar']}>
      <Link href="/" className={styles['name']}>
        {t.common.appName}
      </Link>
      <MenuButton
        trigger={
          <Button kind="quiet">
            {me.name}
            <ChevronDown aria-hidden size={16} />
          </Button>
        }
        load={loadMenu}
        menu={(trigger) => <AccountMenu me={me} trigger={trigger} />}
      />
    </header>
  );
}

import { ChevronDown, LogOut, User as Person, Users } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useSignOut, type User } from '../api/session.ts';
import { t } from '../strings/index.ts';
import { setTheme, themes, useTheme } from '../theme.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/menu.tsx';
import styles from './top-bar.module.css';

/** Above every page but a piece: the way home, and what belongs to oneself. */
export function TopBar({ me }: { me: User }) {
  const signOut = useSignOut();
  const theme = useTheme();
  const [, navigate] = useLocation();
  const options = themes.map((value) => ({ value, label: t.common.theme[value] }));
  return (
    <header className={styles['bar']}>
      <Link href="/" className={styles['name']}>
        {t.common.appName}
      </Link>
      <Menu
        align="end"
        trigger={
          <Button kind="quiet">
            {me.name}
            <ChevronDown aria-hidden size={16} />
          </Button>
        }
      >
        <MenuItem icon={<Person />} onSelect={() => navigate('/account')}>
          {t.account.title}
        </MenuItem>
        {me.role === 'admin' && (
          <MenuItem icon={<Users />} onSelect={() => navigate('/people')}>
            {t.people.title}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuChoice
          label={t.common.theme.label}
          value={theme}
          options={options}
          onChange={setTheme}
        />
        <MenuSeparator />
        <MenuItem icon={<LogOut />} onSelect={() => signOut.mutate(me.id)}>
          {t.pieces.signOut}
        </MenuItem>
      </Menu>
    </header>
  );
}

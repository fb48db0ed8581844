import { LogOut, User as Person, Users } from 'lucide-react';
import type { ReactElement } from 'react';
import { useLocation } from 'wouter';
import { useSignOut, type User } from '../api/session.ts';
import { t } from '../strings/index.ts';
import { setTheme, themes, useTheme } from '../theme.ts';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../ui/overlay/menu.tsx';

/** What belongs to oneself. */
export default function AccountMenu({ me, trigger }: { me: User; trigger: ReactElement }) {
  const signOut = useSignOut();
  const theme = useTheme();
  const [, navigate] = useLocation();
  const options = themes.map((value) => ({ value, label: t.common.theme[value] }));
  return (
    <Menu align="end" trigger={trigger} defaultOpen>
      <MenuItem icon={<Person />} onSelect={() => navigate('/account')}>
        {t.common.account}
      </MenuItem>
      {me.role === 'admin' && (
        <MenuItem icon={<Users />} onSelect={() => navigate('/people')}>
          {t.common.people}
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
      <MenuItem icon={<LogOut />} onSelect={() => signOut.mutate()}>
        {t.pieces.signOut}
      </MenuItem>
    </Menu>
  );
}

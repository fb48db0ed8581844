import { globalRoles, type GlobalRole } from '../../../shared/roles.ts';
import { t } from '../../strings/people.ts';
import styles from './people-page.module.css';

/** What somebody is on the whole server. */
export function RoleSelect(props: { value: GlobalRole; onChange: (role: GlobalRole) => void }) {
  return (
    <select
      className={styles['role']}
      aria-label={t.people.role}
      value={props.value}
      onChange={({ target: { value } }) => {
        const role = globalRoles.find((each) => each === value);
        if (role) props.onChange(role);
      }}
    >
      {globalRoles.map((role) => (
        <option key={role} value={role}>
          {t.people.roles[role]}
        </option>
      ))}
    </select>
  );
}

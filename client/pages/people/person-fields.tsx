import { Field } from '../../ui/input/field.tsx';
import type { User } from '../../api/people.ts';
import { t } from '../../strings/people.ts';
import { RoleSelect } from './role-select.tsx';

type Person = Pick<User, 'name' | 'email' | 'role'>;

/** What somebody is called, where they are reached, and what they are on the whole server. */
export function PersonFields(props: { person: Person; onChange: (person: Person) => void }) {
  const { person, onChange } = props;
  return (
    <>
      <Field
        label={t.people.name}
        required
        maxLength={100}
        value={person.name}
        onChange={(event) => onChange({ ...person, name: event.target.value })}
      />
      <Field
        label={t.people.email}
        type="email"
        required
        value={person.email}
        onChange={(event) => onChange({ ...person, email: event.target.value })}
      />
      <RoleSelect value={person.role} onChange={(role) => onChange({ ...person, role })} />
    </>
  );
}

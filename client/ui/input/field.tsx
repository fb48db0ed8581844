import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
} from 'react';
import styles from './field.module.css';

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** Said under the field, such as what a password must be. */
  hint?: ReactNode;
  /** What is wrong with what is in it. */
  error?: string | undefined;
  ref?: Ref<HTMLInputElement>;
}

/** A line of text with its label. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId();
  const described = error !== undefined || hint !== undefined;
  return (
    <div className={styles['field']}>
      <label className={styles['label']} htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className={styles['input']}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described ? `${id}-said` : undefined}
      />
      {described && (
        <p id={`${id}-said`} className={error === undefined ? styles['hint'] : styles['error']}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

/** Several lines of text with their label. */
export function TextField({
  label,
  hint,
  ...area
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { label: string; hint?: string }) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <label className={styles['label']} htmlFor={id}>
        {label}
        {hint !== undefined && <span className={styles['hint']}> {hint}</span>}
      </label>
      <textarea rows={3} {...area} id={id} className={styles['area']} />
    </div>
  );
}

/** What went wrong with a form as a whole; read out when it comes. */
export function FormProblem({ children }: { children: string | undefined }) {
  return (
    <p role="alert" className={children === undefined ? undefined : styles['problem']}>
      {children}
    </p>
  );
}

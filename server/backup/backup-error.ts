import { StartupError } from '../db/startup-error.ts';

/** Why there is no backup, or nothing restored, in one line that says what to do; shown without a stack. */
export class BackupError extends StartupError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupError';
  }
}

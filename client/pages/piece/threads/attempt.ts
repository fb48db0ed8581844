import { problemText } from '../../../api/problem-text.ts';
import { toast } from '../../../ui/overlay/toast.ts';

/** Does something, and says why where it fails. @returns whether it was done. */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    toast({ text: problemText(error), kind: 'bad' });
    return false;
  }
}

/** How a test's own connections are told that there is a pooler, where a run has one (TEST_POOLER). */
export const saidToBePooled = '?pgbouncer=true';

/** An environment as an operator gives it, without a word about a pooler: that has to be found out. */
export function asGiven(env: Readonly<Record<string, string>>): Record<string, string> {
  const { DATABASE_URL: url } = env;
  return url === undefined ? env : { ...env, DATABASE_URL: url.replace(saidToBePooled, '') };
}

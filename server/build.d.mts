/** Builds those of `names` that are stale (all, where none is named). False where a build failed. */
export function buildWhereStale(names?: readonly ('server' | 'client')[]): Promise<boolean>;

/** What a stretch has of each kind of change. */
export type Counted = 'added' | 'removed' | 'formats' | 'embeds';

/** Counts a change for the stretch that made it; null: none of the block's. */
export type Credit = (index: number | null, what: Counted, count: number) => void;

/** Where a piece can stand. Apart from the schemas, so that a page can list them without those. */
export const statuses = ['draft', 'review', 'published'] as const;
export type Status = (typeof statuses)[number];

/** Roles on a piece; each includes the rights of those after it. */
export const pieceRoles = ['owner', 'writer', 'reviewer', 'reader'] as const;
export type PieceRole = (typeof pieceRoles)[number];

/** What a person is on the whole server. An admin may do on every piece what its owner may. */
export const globalRoles = ['member', 'admin'] as const;
export type GlobalRole = (typeof globalRoles)[number];

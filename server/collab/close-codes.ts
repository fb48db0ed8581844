/** Why a connection is closed, as its client sees it. 4400–4499: do not come back. */
export const closeCode = {
  badFrame: 4400,
  notSignedIn: 4401,
  noRight: 4403,
  noSuchPiece: 4404,
  schema: 4409,
  tooLarge: 4413,
  restarting: 1012,
  overloaded: 1013,
} as const;

export { endAll, openPiece, type OpenedPiece, type PieceOptions } from './open-piece.ts';
export { PieceSession } from './session.ts';
export type { Ending, Link, Save, SessionState, Trouble } from './state.ts';

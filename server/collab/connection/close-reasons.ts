import { BadFrame, TooMuch } from '../../../shared/protocol/messages.ts';
import { closeCode } from '../close-codes.ts';
import { NoSuchPiece, Overloaded, OverShare } from '../engine.ts';
import type { Log } from '../ports.ts';

/** What a peer is told when its connection is closed. */
export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

/** Why a connection is closed of which a message failed (R3). What is the server's fault is logged. */
export function ofMessage(err: unknown, log: Log): CloseReason {
  if (err instanceof Overloaded) {
    // What it held is not lost: it comes again.
    return { code: closeCode.overloaded, reason: 'too much to do; come back shortly' };
  }
  if (!(err instanceof BadFrame)) log.error({ err }, 'a message could not be handled');
  const reason = err instanceof BadFrame ? err.message : 'the message could not be handled';
  return { code: err instanceof TooMuch ? closeCode.tooLarge : closeCode.badFrame, reason };
}

/** The same where work off the event loop failed: where that is not the message's fault, it may come again. */
export function ofWork(err: unknown, log: Log): CloseReason {
  if (err instanceof BadFrame || err instanceof Overloaded) return ofMessage(err, log);
  log.error({ err }, 'a message could not be worked on');
  const reason = 'the message could not be worked on; come back shortly';
  return { code: closeCode.overloaded, reason };
}

/** Why a connection is closed whose piece could not be opened. */
export function ofOpening(err: unknown, pieceId: string, log: Log): CloseReason {
  if (err instanceof BadFrame) return ofMessage(err, log);
  if (err instanceof NoSuchPiece) return { code: closeCode.noSuchPiece, reason: 'no such piece' };
  if (!(err instanceof Overloaded)) log.error({ err, pieceId }, 'a piece could not be opened');
  const reason = 'the piece cannot be opened now; come back shortly';
  return { code: closeCode.overloaded, reason: err instanceof OverShare ? err.message : reason };
}

export { FieldText, storable, typeAt, type Edge, type StateVector } from './field-text.ts';
export { anchorAt, indexesOf, isPoint, isWhole, offsetsOf, type Anchor } from './anchor.ts';
export { orphan, placeAnchors, settle, type Looking, type Placed } from './place.ts';
export { findAgain, findMoved } from './find-again.ts';
export { occurrences, select, similarity, type QuoteSelector, type Stretch } from './quotes.ts';
export { carry } from './carry.ts';

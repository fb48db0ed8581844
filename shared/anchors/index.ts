export { BodyText, storable, type Edge, type StateVector } from './body-text.ts';
export { anchorAt, indexesOf, isPoint, isWhole, offsetsOf, type Anchor } from './anchor.ts';
export { placeAnchors, type Looking, type Placed } from './place.ts';
export { select, similarity, type QuoteSelector, type Stretch } from './quotes.ts';
export { carry } from './carry.ts';

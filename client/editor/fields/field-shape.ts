/**
 * What a text can hold besides letters: marks (a title, a standfirst), marks and line breaks that
 * divide its paragraphs (a footnote), or every kind of block (the body).
 */
export type FieldShape = 'line' | 'paragraphs' | 'blocks';

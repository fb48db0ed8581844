/**
 * What a text can hold besides letters and marks: nothing (a title, a standfirst), line breaks that
 * divide its paragraphs (a footnote), or every kind of block (the body).
 */
export type FieldShape = 'line' | 'paragraphs' | 'blocks';

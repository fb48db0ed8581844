export { decodeText, type DecodedText } from './decode.ts';
export { readText, type ImportedText } from './import-text.ts';

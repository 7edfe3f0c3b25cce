/**
 * The yaml package, imported nowhere else. Every export is a function, so that a bundle can load the package at
 * the first call: most files are read without it (`yaml-scan.ts`).
 */
export { isAlias, isCollection, isMap, isPair, isScalar, isSeq, parseAllDocuments, stringify } from 'yaml';

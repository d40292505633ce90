/** What is wrong with a file, in a sentence for its reader. */
export class BundleError extends Error {}

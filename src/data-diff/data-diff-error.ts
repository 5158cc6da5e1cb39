/** A data diff cannot be made. The message is for a person. */
export class DataDiffError extends Error {
  override readonly name = "DataDiffError";
}

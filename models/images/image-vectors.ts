/** Vectors of images, by the reference that documents name them with. */
export interface ImageVectors {
  /** numbers of a vector */
  readonly width: number;
  /** The vectors of those that could be read, in the order of the references; float32 [width] each. */
  of(references: readonly string[]): readonly Float32Array[];
}

/** Where image vectors come from when documents are embedded: makes or finds them. */
export interface ImageSource {
  readonly width: number;
  vectorsOf(references: readonly string[]): Promise<ImageVectors>;
}

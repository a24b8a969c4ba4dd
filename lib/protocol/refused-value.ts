/** Stands where a reader of JSON text found something that its value can no longer show, such as a key written twice. */
export class RefusedValue {
  /** `path`: JSON Pointer within the value. */
  constructor(readonly path: string, readonly message: string) {}
}

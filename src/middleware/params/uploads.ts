/** What stores have made of uploaded files. Held by identity: a client can send any record, but none that is in here. */
const uploads = new WeakSet<object>();

/** Remembers what a store has made of an uploaded file. */
export function markUploaded<File extends object>(file: File): File {
  uploads.add(file);
  return file;
}

/** Whether a store has made it of an uploaded file. */
export function isUploaded(value: unknown): boolean {
  return typeof value === "object" && value !== null && uploads.has(value);
}

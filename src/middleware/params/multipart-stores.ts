import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { lstat, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
import type { Awaitable } from "../../types.ts";

/** A file that a client sent, on disk: what `tempFileStore` makes of it. */
export interface UploadedFile {
  /** The name that the client gave it, without folders; empty where none was chosen. Not to be trusted. */
  readonly filename: string;
  /** What the client says it is. Not to be trusted. */
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  /** Where it is. Move it to keep it. */
  readonly tempFile: string;
}

/** A file that a client sent, in memory: what `byteArrayStore` makes of it. */
export interface UploadedBytes extends Omit<UploadedFile, "tempFile"> {
  readonly bytes: Uint8Array;
}

/** A file while it comes in. */
export interface IncomingFile {
  readonly filename: string;
  readonly contentType: string;
  /** Its bytes, once. It throws where the upload is over a limit, malformed or broken off. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Where uploaded files go: two functions of your own, or `tempFileStore()`, or `byteArrayStore()`. */
export interface MultipartStore<File extends object> {
  /** Takes a file; what it answers is the value of the parameter. */
  storeFile(file: IncomingFile): Awaitable<File>;
  /** Forgets a file whose request is refused: another part of it is over a limit, say. */
  discardFile?(file: File): Awaitable<void>;
}

/** What `tempFileStore` takes. */
export interface TempFileStoreOptions {
  /** Seconds until a file is removed, if it is still there. Default 3600; false: only when the process exits. */
  readonly expiresIn?: number | false | undefined;
  /** Where the folder for the files is made. Default: the system's place for temporary files. */
  readonly directory?: string | undefined;
}

/** setTimeout counts its milliseconds in 31 bits. */
const LONGEST_TIMEOUT = 2_147_483;

/**
 * Keeps uploaded files on disk, as `UploadedFile`: in a fresh folder that only this user can read (0700, files 0600), under
 * random names, so that a client's name never touches the disk. They are removed after `expiresIn`, and when the process
 * exits; a process that a signal kills leaves them behind. After Ring's `temp-file-store`.
 *
 * @throws TypeError for options that are unknown or malformed. Storing throws what the disk does: `ENOSPC`
 */
export function tempFileStore(options: TempFileStoreOptions = {}): MultipartStore<UploadedFile> {
  checkTempFileStoreOptions(options);
  const { expiresIn = 3600, directory = tmpdir() } = options;
  let folder: Promise<string> | undefined;
  return {
    storeFile: async ({ filename, contentType, stream }) => {
      folder = usableFolder(folder, directory);
      const tempFile = join(await folder, randomUUID());
      try {
        const size = await writeTo(tempFile, stream);
        if (expiresIn !== false) setTimeout(() => void removeFile(tempFile), expiresIn * 1000).unref();
        return { filename, contentType, size, tempFile };
      } catch (error) {
        await removeFile(tempFile);
        throw error;
      }
    },
    discardFile: ({ tempFile }) => removeFile(tempFile),
  };
}

/** Keeps uploaded files in memory, as `UploadedBytes`: for small ones. After Ring's `byte-array-store`. */
export function byteArrayStore(): MultipartStore<UploadedBytes> {
  return {
    storeFile: async ({ filename, contentType, stream }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const bytes = new Uint8Array(Buffer.concat(chunks));
      return { filename, contentType, size: bytes.byteLength, bytes };
    },
  };
}

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

async function writeTo(path: string, stream: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, "wx", 0o600);
  let size = 0;
  try {
    for await (const chunk of stream) {
      await file.writeFile(chunk);
      size += chunk.byteLength;
    }
  } finally {
    await file.close();
  }
  return size;
}

const temporaryFolders = new Set<string>();

/** The folder; a fresh one where there is none yet, none could be made, or the system has cleared it away since. */
async function usableFolder(known: Promise<string> | undefined, directory: string): Promise<string> {
  const folder = await known?.catch(() => undefined);
  return folder !== undefined && (await isOurs(folder)) ? folder : makeFolder(directory);
}

/** Where it was cleared away, anybody may have made another of that name. */
async function isOurs(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === (process.getuid?.() ?? stats.uid);
}

async function makeFolder(directory: string): Promise<string> {
  const folder = await mkdtemp(join(directory, "ringlet-multipart-"));
  if (temporaryFolders.size === 0) process.once("exit", removeFolders);
  temporaryFolders.add(folder);
  return folder;
}

function removeFolders(): void {
  for (const folder of temporaryFolders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The process exits; nobody can do better.
    }
  }
}

/** A file that is gone already is as well as removed; one that will not go is left to the exit. */
async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

function checkTempFileStoreOptions(options: TempFileStoreOptions): void {
  checkNames("tempFileStore", "option", options, ["expiresIn", "directory"]);
  const { expiresIn = 3600, directory = "" } = options;
  if (expiresIn !== false && !(typeof expiresIn === "number" && expiresIn > 0 && expiresIn <= LONGEST_TIMEOUT)) {
    const range = `a number of seconds above 0, ${LONGEST_TIMEOUT} at most`;
    throw new TypeError(`tempFileStore: expiresIn must be ${range}, or false, got ${show(expiresIn)}`);
  }
  if (typeof directory !== "string") {
    throw new TypeError(`tempFileStore: directory must be a path, got ${show(directory)}`);
  }
}

import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { lstat, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
import type { Awaitable } from "../../types.ts";

/** An uploaded file on disk, as `tempFileStore` stores it. */
export interface UploadedFile {
  /** The name that the client gave, without folders; empty if no file was chosen. Do not trust it. */
  readonly filename: string;
  /** The type that the client gave. Do not trust it. */
  readonly contentType: string;
  /** Size in bytes. */
  readonly size: number;
  /** The path of the file. Move the file to keep it. */
  readonly tempFile: string;
}

/** An uploaded file in memory, as `byteArrayStore` stores it. */
export interface UploadedBytes extends Omit<UploadedFile, "tempFile"> {
  readonly bytes: Uint8Array;
}

/** An uploaded file while it arrives. */
export interface IncomingFile {
  readonly filename: string;
  readonly contentType: string;
  /** The bytes, to be read once. It throws if the upload is over a limit, malformed or broken off. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Store of uploaded files: `tempFileStore()`, `byteArrayStore()`, or two functions of your own. */
export interface MultipartStore<File extends object> {
  /** Stores a file. The value that it returns becomes the parameter. */
  storeFile(file: IncomingFile): Awaitable<File>;
  /** Removes a file whose request is refused, for example because another part is over a limit. */
  discardFile?(file: File): Awaitable<void>;
}

/** Options of `tempFileStore`. */
export interface TempFileStoreOptions {
  /** Seconds until a file is removed, unless it was moved. Default 3600. `false`: only when the process exits. */
  readonly expiresIn?: number | false | undefined;
  /** The directory in which the folder for the files is made. Default: the system's directory for temporary files. */
  readonly directory?: string | undefined;
}

/** Most seconds of a timer: setTimeout counts milliseconds in 31 bits. */
const LONGEST_TIMEOUT = 2_147_483;

/**
 * Makes a store that keeps uploaded files on disk, as `UploadedFile`. They are in a new folder that only this user can
 * read (0700, files 0600). Their names are random, so that a client's name never reaches the disk. They are removed
 * after `expiresIn`, and when the process exits. A process that a signal kills leaves them behind. After Ring's
 * `temp-file-store`.
 *
 * @throws TypeError for options that are unknown or malformed. Storing throws the errors of the disk, such as `ENOSPC`
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

/**
 * Makes a store that keeps uploaded files in memory, as `UploadedBytes`. Use it for small files. After Ring's
 * `byte-array-store`.
 */
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

/** Files that stores have made, by identity. A client can send any record, but none that is in here. */
const uploads = new WeakSet<object>();

/** Marks a value as a file that a store has made. */
export function markUploaded<File extends object>(file: File): File {
  uploads.add(file);
  return file;
}

/** Whether a value is a file that a store has made. */
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

/** Returns the folder for files. A new one is made if there is none yet, or if the system has removed it since. */
async function usableFolder(known: Promise<string> | undefined, directory: string): Promise<string> {
  const folder = await known?.catch(() => undefined);
  return folder !== undefined && (await isOurs(folder)) ? folder : makeFolder(directory);
}

/** Whether a folder is still this user's own. If it was removed, anybody may have made another of that name. */
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

/** Removes a file. One that is gone already is no error, and one that cannot be removed is left until the exit. */
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

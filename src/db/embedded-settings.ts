/**
 * What is written into a table of the same transaction needs no log: it is in its file before the commit is, and a kill
 * finds it there. jit: WebAssembly has none.
 */
export const SETTINGS = ["wal_level=minimal", "max_wal_senders=0", "jit=off"];
/** A load reads and writes each page a few times, and the disk's cache has them as well: 100 MB less, in the same time. */
export const LOAD_SETTINGS = [...SETTINGS, "shared_buffers=16MB"];

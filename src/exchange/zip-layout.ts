/**
 * As much of the zip format as numpy's npz asks for: entries that are stored or deflated, below 4 GiB, unencrypted. A
 * record for each entry stands before its bytes, another in the directory at the end.
 */
export const endSignature = 0x06054b50;
export const directorySignature = 0x02014b50;
export const localSignature = 0x04034b50;
/** lengths of the records without names and extras */
export const endBytes = 22;
export const directoryBytes = 46;
export const localBytes = 30;
/** What a field of 32 bits says where the value stands elsewhere: past 4 GiB. */
export const elsewhere = 0xffffffff;

export function bytesOf(view: DataView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

import { TensorFile } from "../tensors/safetensors.ts";

const decoder = new TextDecoder();

/**
 * Takes users out of a model's file, in place and without moving anything: the bytes of their ids become 0, which no
 * lookup finds, their factors and all that is said of their pairs too. The items of those pairs stay, as nobody's.
 * @param where names the file in errors
 * @param isErased asked for each user, with the epoch seconds of each pair's last event
 * @returns how many were taken out
 */
export function redactUsers(
  fileBytes: Uint8Array<ArrayBuffer>,
  where: string,
  isErased: (userId: string, lastTimes: Uint32Array) => boolean,
): number {
  const file = TensorFile.open(fileBytes, where);
  const bytes = file.u8("users.ids.bytes");
  const offsets = file.u32("users.ids.offsets");
  const starts = file.u32("history.starts");
  const lastTime = file.u32("history.last_time");
  const userCount = offsets.length - 1;
  const factors = file.has("users.factors") ? file.f32("users.factors") : undefined;
  const rank = factors === undefined ? 0 : factors.length / userCount;
  const perPair = [
    file.f32("history.strength"),
    lastTime,
    file.u8("history.type_bits"),
    ...(file.has("history.count") ? [file.u32("history.count")] : []),
    ...(file.has("history.value") ? [file.f32("history.value")] : []),
  ];
  let redacted = 0;
  for (let row = 0; row < userCount; row++) {
    const id = bytes.subarray(offsets[row], offsets[row + 1]);
    if (id[0] === 0) continue;
    const [from, to] = [starts[row], starts[row + 1]];
    if (!isErased(decoder.decode(id), lastTime.subarray(from, to))) continue;
    id.fill(0);
    for (const values of perPair) values.fill(0, from, to);
    factors?.fill(0, row * rank, (row + 1) * rank);
    redacted++;
  }
  return redacted;
}

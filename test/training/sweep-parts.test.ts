import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdOut } from "../../src/interactions/holdout.ts";
import { packTensors, TensorFileError } from "../../src/tensors/safetensors.ts";
import { openParts, packParts } from "../../src/training/sweep-parts.ts";
import { logOf } from "../evaluation/shops.ts";
import { tinyLog } from "./tiny-shop.ts";

const columns = ["user", "item", "type", "time", "value"] as const;

describe("the parts of a sweep as a file", () => {
  it("are what they were, but for ids: whatever the events hold", () => {
    const event = fc.tuple(
      fc.constantFrom("anna", "bert", "clara"),
      fc.constantFrom("a", "b", "c", "d"),
      fc.constantFrom("view", "purchase"),
      fc.double({ min: 0, max: 50_000, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), fc.boolean(), (events, hasWholeDays) => {
        const log = logOf(events.map(([u, i, t, day]) => [u, i, t, hasWholeDays ? Math.floor(day) : day]));
        const { train, validation } = holdOut(log, { seed: 1, testFraction: 0 });
        const bytes = packParts({ train, validation });
        const opened = openParts(bytes, "parts");
        for (const [before, after] of [
          [train, opened.train],
          [validation, opened.validation],
        ]) {
          for (const column of columns) expect(after[column]).toEqual(before[column]);
          expect([after.length, after.hasTime, after.eventTypes]).toEqual([
            ...[before.length, before.hasTime, before.eventTypes],
          ]);
          expect([after.users.count, after.items.count]).toEqual([before.users.count, before.items.count]);
        }
        expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/anna|bert|clara/);
      }),
    );
  });

  it("take 13 bytes an event where times are whole seconds and nothing has a value", () => {
    const log = tinyLog();
    const whole = { ...log, time: log.time.map(Math.floor), value: log.value.map(() => 0) };
    const { train, validation } = holdOut(whole, { seed: 1 });
    const count = train.length + validation.length;
    expect(packParts({ train, validation }).length).toBeLessThan(13 * count + 2048);
  });

  it("are refused where they come from another release, or from one log each", () => {
    const other = packTensors({ a: { data: new Uint8Array(1) } }, { format: "aisle-sweep", version: "9" });
    expect(() => openParts(other, "parts")).toThrow(TensorFileError);
    expect(() => openParts(other, "parts")).toThrow(/parts: .* version 9, .* deploy again/);
    expect(() => packParts({ train: tinyLog(), validation: tinyLog() })).toThrow(/cut from one log/);
  });
});

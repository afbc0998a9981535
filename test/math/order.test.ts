import fc from "fast-check";
import { expect, it } from "vitest";
import { fallingOrder } from "../../src/math/order.ts";

const keys = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffffffff })).map((list) => Uint32Array.from(list)),
  fc.array(fc.integer({ min: 0, max: 3 })).map((list) => Uint32Array.from(list)),
  fc.array(fc.float({ min: 0, noNaN: true }).map(Math.abs)).map((list) => Float32Array.from(list)),
);

it("orders as a stable sort by falling key does", () => {
  fc.assert(
    fc.property(keys, (list) => {
      const expected = [...list.keys()].sort((a, b) =>
        list[a] === list[b] ? a - b : list[a] > list[b] ? -1 : 1,
      );
      expect([...fallingOrder(list)]).toEqual(expected);
    }),
    { seed: 1, numRuns: 300 },
  );
});

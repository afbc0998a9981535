import type { Serving } from "../../src/serving/serving.ts";

/** Fails over everything that it is asked, and quotes it, as a careless store or library would. */
export function quoting(serving: Serving): Serving {
  return new Proxy(serving, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const texts = args.flatMap(textsIn);
        const cause = Object.assign(new RangeError(`no row of ${texts.join(" or ")}`), { texts });
        throw new TypeError(`cannot answer ${JSON.stringify(args)}\n  at once, for ${texts[0]}`, { cause });
      };
    },
  });
}

function textsIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [value];
}

import type { MiddlewareHandler } from "hono";

const pattern = /^filterValues\[([^\]]*)\]$/;

/**
 * Puts `filterValues[NAME]=value` of a query string together as one parameter that is an object, so that it is checked
 * as the same parameter of a body is.
 */
export const gatherFilterValues: MiddlewareHandler = async (c, next) => {
  const all = c.req.queries();
  const named = Object.entries(all).flatMap(([key, list]) => {
    const name = pattern.exec(key)?.[1];
    return name === undefined ? [] : [{ key, name, value: list.length === 1 ? list[0] : list }];
  });
  if (named.length > 0) {
    const rest = Object.entries(all).filter(([key]) => named.every((each) => each.key !== key));
    const filterValues = Object.fromEntries(named.map(({ name, value }) => [name, value]));
    const gathered = { ...Object.fromEntries(rest), filterValues: [filterValues] };
    // The validator asks for all of them; whoever asks for one by its name gets what was sent.
    const ask = c.req.queries.bind(c.req);
    c.req.queries = ((name?: string) => (name === undefined ? gathered : ask(name))) as typeof c.req.queries;
  }
  await next();
};

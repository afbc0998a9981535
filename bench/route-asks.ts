import type { Random } from "../src/math/random.ts";
import type { Model } from "../src/model/model.ts";

/** One kind of request. */
export interface Ask {
  /** as the contract names it: `GET /items/{id}` */
  readonly route: string;
  readonly name: string;
  readonly make: (random: Random) => Request;
}

const origin = "http://bench.example";
const recentCount = 100;

/** A request of every kind for users and items that are drawn. */
export function asksOf(model: Model): Ask[] {
  const user = (random: Random) => model.users.id(random.integer(model.userCount));
  const item = (random: Random) => model.items.id(random.integer(model.itemCount));
  const get = (path: string, what = "", query: (random: Random) => string = () => ""): Ask => ({
    route: `GET ${path}`,
    name: [`GET ${path}`, what].filter(Boolean).join(", "),
    make: (random) => {
      const filled = path
        .replace("{id}", item(random))
        .replace("{userId}", user(random))
        .replace("{file}", "mug.svg");
      return new Request(`${origin}${filled}${query(random)}`);
    },
  });
  const post = (path: string, what: string, body: (random: Random) => unknown): Ask => ({
    route: `POST ${path}`,
    name: `POST ${path}, ${what}`,
    make: (random) => {
      const headers = { "Content-Type": "application/json" };
      return new Request(origin + path, { method: "POST", headers, body: JSON.stringify(body(random)) });
    },
  });
  const recent = (random: Random) => Array.from({ length: recentCount }, () => item(random));
  const event = (random: Random) => ({ eventType: "View", itemId: item(random), sentAt: Date.now() / 1000 });
  const filter = encodeURIComponent("INCLUDE ItemID WHERE Items.PRICE <= $PRICE");
  const shaped = "diversity=0.3&freshnessInfluence=0.2&popularityInfluence=0.2&explorationWeight=0.1";
  return [
    get("/recommendations", "a user", (random) => `?userId=${user(random)}`),
    get("/recommendations", "nobody"),
    get("/recommendations", "explained", (random) => `?explain=true&userId=${user(random)}`),
    get("/recommendations", "a category", (random) => `?category=category+7&userId=${user(random)}`),
    get(
      "/recommendations",
      "a filter",
      (random) => `?filter=${filter}&filterValues[PRICE]=20&userId=${user(random)}`,
    ),
    get("/recommendations", "diverse and fresh", (random) => `?${shaped}&userId=${user(random)}`),
    get("/recommendations", "500 rows", (random) => `?numResults=500&userId=${user(random)}`),
    post("/recommendations", `${recentCount} recent`, (random) => ({ recent: recent(random) })),
    post("/personalize-ranking", `${recentCount} items`, (random) => ({
      campaignArn: "arn:aws:personalize:eu-central-1:1:campaign/personalized-ranking",
      ...{ userId: user(random), inputList: [...new Set(recent(random))] },
    })),
    get("/items/{id}/similar"),
    get("/items/{id}/bought-together"),
    get("/items/{id}/also-viewed", "a user", (random) => `?userId=${user(random)}`),
    get("/because-you-viewed", "a user", (random) => `?userId=${user(random)}`),
    get("/explain", "a pair", (random) => `?userId=${user(random)}&itemId=${item(random)}`),
    get("/trending", "a day", () => "?window=1d"),
    get("/popular"),
    get("/products", "a user", (random) => `?user_id=${user(random)}`),
    get("/items", "a page", (random) => `?page=${1 + random.integer(100)}`),
    get("/items", "words", () => "?q=wool"),
    get("/items/{id}"),
    get("/categories"),
    get("/images/{file}"),
    get("/shoppers"),
    post("/events", "one", (random) => ({
      userId: user(random),
      sessionId: `s${random.integer(1000)}`,
      eventList: [event(random)],
    })),
    post("/items", "one", (random) => ({ items: [{ itemId: item(random), properties: { price: 7 } }] })),
    post("/users", "one", (random) => ({ users: [{ userId: user(random), properties: { plan: "gold" } }] })),
    get("/users/{userId}"),
    {
      route: "DELETE /users/{userId}",
      name: "DELETE /users/{userId}",
      make: (random) => new Request(`${origin}/users/visitor-${random.integer(1e6)}`, { method: "DELETE" }),
    },
    get("/model"),
    get("/health/live"),
    get("/health/ready"),
    get("/openapi.json"),
    get("/postman.json"),
  ];
}

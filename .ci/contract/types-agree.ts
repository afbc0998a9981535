/** Never run: it compiles only if the declarations that are shipped are what zod infers from the schemas. */
import type * as Shipped from "../../dist/client-contract.js";
import type * as Inferred from "../../src/http/contract.ts";

type Agree<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** What a caller may write: all that is declared is taken, and nothing is left out. Lists may be narrower. */
type Takes<A, B> = [A] extends [B] ? Agree<keyof A, keyof B> : false;

export const agreements: true[] = [
  true satisfies Takes<Shipped.RecommendationsQuery, Inferred.RecommendationsQuery>,
  true satisfies Takes<Shipped.ListQuery, Inferred.ListQuery>,
  true satisfies Agree<Shipped.ItemsQuery, Inferred.ItemsQuery>,
  true satisfies Agree<Shipped.Answer, Inferred.Answer>,
  true satisfies Agree<Shipped.TrendAnswer, Inferred.TrendAnswer>,
  true satisfies Agree<Shipped.BecauseAnswer, Inferred.BecauseAnswer>,
  true satisfies Agree<Shipped.Explanation, Inferred.Explanation>,
  true satisfies Agree<Shipped.Item, Inferred.Item>,
  true satisfies Agree<Shipped.ItemPage, Inferred.ItemPage>,
  true satisfies Agree<Shipped.ShopperPage, Inferred.ShopperPage>,
  true satisfies Agree<Shipped.Product, Inferred.Product>,
  true satisfies Agree<Shipped.ModelFacts, Inferred.ModelFacts>,
  true satisfies Agree<Shipped.Ready, Inferred.Ready>,
  true satisfies Agree<Shipped.UserExport, Inferred.UserExport>,
  true satisfies Agree<Shipped.EventsBody, Inferred.EventsBody>,
  true satisfies Agree<Shipped.ItemsBody, Inferred.ItemsBody>,
  true satisfies Agree<Shipped.UsersBody, Inferred.UsersBody>,
  true satisfies Agree<Shipped.ProblemBody, Inferred.ProblemBody>,
];

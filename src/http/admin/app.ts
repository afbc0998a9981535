import { ActivityError } from "../../activity/activity-store.ts";
import { DeskError } from "../../admin/desk.ts";
import { RulesFaultsError } from "../../admin/rules-desk.ts";
import { UnpairedError } from "../../evaluation/compare.ts";
import { PromotionConflictError } from "../../registry/channel.ts";
import { RegistryError, UnknownVersionError } from "../../registry/documents.ts";
import { UnknownRunError } from "../../tracking/run-store.ts";
import type { App } from "../host.ts";
import { problemOf } from "../known-problems.ts";
import { limitBodies, newApp } from "../new-app.ts";
import { invalidParameters, notFound, notOffered, Problem } from "../problem.ts";
import type { AdminHost } from "./admin-host.ts";
import { changedMeanwhile } from "./admin-responses.ts";
import { forAdmins } from "./callers.ts";
import { addAdminDocument } from "./document.ts";
import { addModels } from "./model-routes.ts";
import { addRules } from "./rules-routes.ts";
import { addSession } from "./session-routes.ts";
import { addState } from "./state-routes.ts";

/** The merchant's routes: an application beside the shop's own, with its own document and its own callers. */
export function createAdminApp(host: AdminHost): App {
  const app = newApp({ ...host, guard: { signingSecrets: [] } }, adminProblemOf);
  app.use(limitBodies());
  app.use(forAdmins(host));
  addSession(app, host);
  addState(app, host);
  addModels(app, host);
  addRules(app, host);
  addAdminDocument(app, host);
  return app;
}

function adminProblemOf(error: unknown, method: string): Problem | undefined {
  if (error instanceof PromotionConflictError) return changedMeanwhile(sentence(error.message));
  if (error instanceof RulesFaultsError) {
    return invalidParameters(
      error.faults.map(({ rule, reason }) => ({ parameter: rule, in: "body", detail: reason })),
    );
  }
  if (error instanceof UnknownVersionError || error instanceof UnknownRunError)
    return notFound(sentence(error.message));
  // A rollout that is under way, nothing to go back to: what the registry's state forbids now.
  if (error instanceof RegistryError) return notNow(sentence(error.message));
  if (error instanceof DeskError) return notOffered(error.message);
  if (error instanceof UnpairedError) {
    return notOffered("No user has a history that is long enough to measure on.");
  }
  if (error instanceof ActivityError) {
    return new Problem({
      ...{ name: "not-read", status: 503, title: "Not read", headers: { "retry-after": "5" } },
      detail: "The store of activity could not be read; the log says why.",
    });
  }
  return problemOf(error, method);
}

function notNow(detail: string): Problem {
  return new Problem({ name: "not-now", status: 409, title: "Not now", detail });
}

function sentence(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

import { z } from "zod";
import { type Functions, FunctionsError } from "../functions/functions.ts";
import type { Registry } from "../registry/registry.ts";
import type { RolloutRecord } from "../registry/rollout-record.ts";
import { type CheckLimits, type CheckReport, checkVersion } from "./check.ts";

/** What the pre-traffic function is asked by a rollout. */
export const checkCallSchema = z.object({
  check: z.object({
    version: z.string(),
    model: z.string(),
    latencyMsMax: z.number().positive().optional(),
    overlapMin: z.number().min(0).max(1).optional(),
  }),
});

const reportSchema = z.object({
  ok: z.boolean(),
  requestCount: z.number(),
  latencyMsMedian: z.number(),
  latencyMsFirst: z.number(),
  overlap: z.number(),
  faults: z.array(z.string()),
});

/**
 * The check of a rollout: by the pre-traffic function where the record names one, which is near the function and
 * may call it; else from here.
 */
export function checkerFor(
  { functions, registry }: { readonly functions: Functions; readonly registry: Registry },
  limits: Partial<CheckLimits>,
): (record: RolloutRecord) => Promise<CheckReport> {
  return async ({ checker, function: functionName, version = "", model }) => {
    if (checker === undefined) {
      const { golden } = await registry.manifest(model);
      return await checkVersion(functions, { functionName, version, model, golden, ...limits });
    }
    const call: z.infer<typeof checkCallSchema> = { check: { version, model, ...limits } };
    const { payload, failure } = await functions.invoke(checker, "$LATEST", call);
    const report = reportSchema.safeParse(payload);
    if (failure === undefined && report.success) return report.data;
    throw new FunctionsError(
      `${checker} did not check version ${version}: ${failure ?? "it gave no report"}`,
    );
  };
}

import * as admin from "../src/http/admin/schemas.ts";
import { declarationsOf } from "./client-types.ts";

/** What the merchant's page knows of the routes that it asks, by the schemas that they answer by. */
const outputs = {
  Session: admin.sessionSchema,
  Summary: admin.summarySchema,
  Models: admin.modelsSchema,
  ModelDetail: admin.modelDetailSchema,
  Runs: admin.runsSchema,
  ChannelState: admin.channelStateSchema,
  LiveRules: admin.liveRulesSchema,
  SavedRules: admin.savedRulesSchema,
  RulesPreview: admin.previewSchema,
  RulesCost: admin.costSchema,
  Shelf: admin.shelfSchema,
  Shoppers: admin.shoppersSchema,
  Outcomes: admin.outcomesSchema,
};

export function adminDeclarations(): string {
  return declarationsOf(outputs, "output");
}

import { Observable } from "../observable.ts";
import { AisleError, shopClient } from "../shop-client.ts";

/** What serves, and what is on its way. */
export interface Served {
  readonly version: string | undefined;
  /** a few words on where training stands; absent while none is under way */
  readonly training?:
    | { readonly step: string; readonly done?: number; readonly failure?: string }
    | undefined;
  /** cannot the API be reached? */
  readonly isAway: boolean;
}

export const served = new Observable<Served>({ version: undefined, isAway: false });

/** How many models have come since the page was opened: whatever was answered before may be answered better now. */
export const modelEpoch = new Observable(0);

const whileTrainingMs = 2000;
const afterwardsMs = 20_000;

/** Asks what serves, every other second while a model is being trained, now and then afterwards. */
export async function watchModel(): Promise<void> {
  const state = document.hidden ? served.value : await askState();
  const before = served.value.version;
  if (JSON.stringify(state) !== JSON.stringify(served.value)) served.set(state);
  if (before !== undefined && state.version !== undefined && before !== state.version) {
    modelEpoch.set(modelEpoch.value + 1);
  }
  setTimeout(watchModel, state.training || state.isAway ? whileTrainingMs : afterwardsMs);
}

async function askState(): Promise<Served> {
  try {
    const { model } = await shopClient.ready();
    return { version: model.version, isAway: false };
  } catch (error) {
    if (!(error instanceof AisleError)) return { ...served.value, isAway: true };
    const { training, model } = error.problem as {
      training?: NonNullable<Served["training"]>;
      model?: { version: string };
    };
    return { version: model?.version, training, isAway: false };
  }
}

addEventListener("offline", () => served.set({ ...served.value, isAway: true }));

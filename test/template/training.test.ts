import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { goLiveSchema } from "../../src/scheduled/go-live.ts";
import { parseRequest } from "../../src/scheduled/request.ts";
import { describeFailure, nameRun, stepEventSchema } from "../../src/scheduled/step-event.ts";
import { isKey } from "../../src/store/store.ts";
import { template } from "./read-template.ts";

type Json = ReturnType<typeof JSON.parse>;

const { Properties: machine } = template.Resources.TrainingMachine as unknown as {
  Properties: { DefinitionString: { "Fn::Sub": string } };
};
const definition: Json = JSON.parse(
  machine.DefinitionString["Fn::Sub"]
    .replace(/\$\{TrainingConcurrency\}/, String(template.Parameters.TrainingConcurrency.Default))
    .replace(/\$\{Mode\}/, String(template.Parameters.Mode.Default))
    .replaceAll(/\$\{([^}]+)\}/g, "$1"),
);
const { States: states } = definition;
const { States: ofTrial } = states.Trials.ItemProcessor;
const tasks: [string, Json][] = [...Object.entries<Json>(states), ...Object.entries<Json>(ofTrial)].filter(
  ([, { Type }]) => Type === "Task",
);

/** What a task sends, with these values where its paths point. */
function payloadOf(name: string, values: Record<string, unknown>): Json {
  const [, task] = tasks.find(([other]) => other === name)!;
  const filled = (value: Json): Json =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries<Json>(value).map(([key, inner]) => {
            if (!key.endsWith(".$")) return [key, filled(inner)];
            expect(Object.keys(values), `${name}: ${inner}`).toContain(inner);
            return [key.slice(0, -2), values[inner]];
          }),
        );
  return filled(task.Parameters.Payload);
}

const attempt = { "$.attempt.trial": 3, "$.attempt.factors": 32, "$.attempt.iterations": 8 };
const run = nameRun({
  startedAt: "2026-11-25T03:00:00.123Z",
  execution: "7f3c1d2e-aaaa-bbbb-cccc-1234567890ab_1",
});

describe("the state machine of training", () => {
  it("asks the training function for what it understands", () => {
    const execution = {
      "$$.Execution.Name": "by-hand",
      "$$.Execution.StartTime": "2026-11-25T03:00:00.123Z",
    };
    const asked = [
      payloadOf("Prepare", { ...execution, $: {} }),
      payloadOf("Trial", { "$.run": run, ...attempt }),
      payloadOf("RecordFailure", {
        "$.run": run,
        ...attempt,
        "$.failure.Error": "Sandbox.Timedout",
        "$.failure.Cause": '{"errorMessage":"Task timed out after 900.00 seconds"}',
      }),
      payloadOf("Advance", { "$.run": run, "$.round": 0 }),
      payloadOf("Select", { "$.run": run }),
    ];
    expect(asked.map((event) => stepEventSchema.parse(event).step)).toEqual([
      ...["prepare", "trial", "fail", "advance", "select"],
    ]);
  });

  it("asks the last function for what it understands, with names of this stack", () => {
    const gate = { decision: "promote", reason: "better" };
    const event = payloadOf("GoLive", { "$.model": "m1", "$.gate": gate, "$.champion": null });
    const { target } = goLiveSchema.parse(event);
    expect(template.Resources[target.functionName].Type).toBe("AWS::Serverless::Function");
    for (const alarm of target.alarms) expect(template.Resources[alarm].Type).toBe("AWS::CloudWatch::Alarm");
    expect(target.checker).toBe("CheckBeforeTraffic");
  });

  it("names a run by the time and the execution, as a key may be called", () => {
    expect(run).toMatch(/^20261125T030000Z-[A-Za-z0-9]{12}$/);
    expect(isKey(run)).toBe(true);
  });

  it("says why a trial came to nothing as the runtime does, in a sentence", () => {
    const error = "Sandbox.Timedout";
    const cause = '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out after 900.00 seconds"}';
    expect(describeFailure({ error, cause })).toBe("Sandbox.Timedout: Task timed out after 900.00 seconds");
    for (const plain of ["no JSON", "null", '{"a":1}']) {
      expect(describeFailure({ error, cause: plain })).toBe(`Sandbox.Timedout: ${plain}`);
    }
  });

  it("leads from every state to one that ends, and to none that is not there", () => {
    const walk = (all: Json, start: string): void => {
      const reached = new Set<string>();
      const visit = (name: string): void => {
        expect(Object.keys(all)).toContain(name);
        if (reached.has(name)) return;
        reached.add(name);
        const { Next, Default, Choices = [], Catch = [], End, Type } = all[name];
        const next = [Next, Default, ...[...Choices, ...Catch].map((one: Json) => one.Next)].filter(Boolean);
        expect(next.length > 0 || End === true || ["Succeed", "Fail"].includes(Type), name).toBe(true);
        next.forEach(visit);
      };
      visit(start);
      expect([...reached].sort()).toEqual(Object.keys(all).sort());
    };
    walk(states, definition.StartAt);
    walk(ofTrial, states.Trials.ItemProcessor.StartAt);
  });

  it("tries again what Lambda refuses or fails at by itself, in every step", () => {
    for (const [name, { Retry }] of tasks) {
      const errors = Retry.flatMap((one: Json) => one.ErrorEquals);
      expect(errors.includes("Lambda.TooManyRequestsException") || errors.includes("States.ALL"), name).toBe(
        true,
      );
    }
    expect(ofTrial.Trial.Catch[0].Next).toBe("RecordFailure");
    expect(ofTrial.RecordFailure.Catch[0].ErrorEquals).toEqual(["States.ALL"]);
  });

  it("bounds the trials at once by the Map alone", () => {
    expect(states.Trials.MaxConcurrency).toBe(3);
    expect(template.Parameters.TrainingMemory.Default).toBe(3008);
  });

  it("has defaults that a training takes", () => {
    expect(parseRequest(JSON.parse(String(template.Parameters.TrainingRequest.Default)))).toMatchObject({
      ...{ events: ["events/"], search: "halving", refit: true },
    });
    const pattern = new RegExp(template.Parameters.TrainingTime.AllowedPattern!);
    for (const time of ["rate(7 days)", "rate(1 day)", "cron(0 3 ? * MON *)"]) expect(time).toMatch(pattern);
    for (const time of ["weekly", "rate(0 days)", "7 days"]) expect(time).not.toMatch(pattern);
  });

  it("gives both functions an environment that they take", () => {
    for (const name of ["Training", "GoLive"]) {
      const { Environment } = template.Resources[name].Properties as unknown as {
        Environment: { Variables: Record<string, Json> };
      };
      expect(Object.keys(Environment.Variables).sort()).toEqual(["AISLE_CHANNEL", "AISLE_REGISTRY"]);
    }
    const environment = { AISLE_REGISTRY: "s3://bucket/prod", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "3008" };
    expect(readConfig(environment)).toMatchObject({ functionMegabytes: 3008, functionSeconds: 900 });
  });
});

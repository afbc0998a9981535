import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Programs } from "../rollout/deploy.ts";
import { DeployError } from "../rollout/deploy-plan.ts";

const advice: Record<string, string> = {
  sam: "install AWS SAM CLI (pip install aws-sam-cli), which makes the image and deploys it",
  docker: "install Docker, by which the image is made, and start its daemon",
  npm: "install Node with npm",
};

/** The machine's own programs; what they print goes to the terminal, on stderr where stdout is for a result. */
export function machinePrograms(stdoutIsResult: boolean): Programs {
  return {
    run: ([command, ...args]) =>
      new Promise((resolve, reject) => {
        const child = spawn(command, args, { stdio: ["inherit", stdoutIsResult ? 2 : "inherit", "inherit"] });
        child.on("error", (error) => reject(failure(command, args, error)));
        child.on("close", (code, signal) => {
          if (code === 0) resolve();
          else
            reject(
              new DeployError(`${command} ${args[0]} ended with ${signal ?? `code ${code}`}: see above`),
            );
        });
      }),
    read: async ([command, ...args]) => {
      try {
        return (await promisify(execFile)(command, args)).stdout;
      } catch (error) {
        throw failure(command, args, error as NodeJS.ErrnoException & { stderr?: string });
      }
    },
    readText: (path) =>
      readFile(path, "utf8").catch((cause: Error) => {
        throw new DeployError(`${path} cannot be read: ${cause.message}`, { cause });
      }),
  };
}

function failure(
  command: string,
  args: readonly string[],
  cause: NodeJS.ErrnoException & { stderr?: string },
): DeployError {
  if (cause.code === "ENOENT") {
    return new DeployError(`${command} is not there: ${advice[command] ?? "install it"}`, { cause });
  }
  const said = cause.stderr?.trim().split("\n").at(-1) || cause.message;
  return new DeployError(
    `${command} ${args[0]} failed (${said}): ${advice[command] ?? "see its own message"}`,
    {
      cause,
    },
  );
}

// One endpoint for everything: Lambda's Invoke goes to `sam local start-lambda`, which runs the real container, every
// other call to moto. node router.mjs LISTEN MOTO START_LAMBDA (ports)
import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";

const [listenPort, motoPort, lambdaPort] = process.argv.slice(2).map(Number);
const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/** A function's name out of a name, a name with a qualifier, or an ARN. */
function functionName(given) {
  const parts = decodeURIComponent(given).split(":");
  return parts.length >= 7 ? parts[6] : parts[0];
}

/** Of a function that ran out of time SAM CLI gives no JSON, or nothing, and no error: Lambda gives what is made here. */
async function answerInvoke(reply, answer) {
  const chunks = [];
  for await (const chunk of reply) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  try {
    JSON.parse(body);
    answer.writeHead(reply.statusCode, { ...headers, ...reply.headers }).end(body);
  } catch {
    const errorMessage = body.toString().trim() || "the container ended without an answer";
    answer.writeHead(200, { ...headers, "x-amz-function-error": "Unhandled" });
    answer.end(JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }));
  }
}

const server = createServer((incoming, answer) => {
  const [, given] = invocation.exec(incoming.url) ?? [];
  const isInvoke = given !== undefined;
  const path = isInvoke ? `/2015-03-31/functions/${functionName(given)}/invocations` : incoming.url;
  if (isInvoke)
    console.log("invoke", decodeURIComponent(given), new URL(incoming.url, "http://router").search);
  const target = {
    ...{ host: "127.0.0.1", port: isInvoke ? lambdaPort : motoPort, path },
    ...{ method: incoming.method, headers: incoming.headers },
  };
  const outgoing = request(target, (reply) => {
    if (isInvoke) return answerInvoke(reply, answer);
    answer.writeHead(reply.statusCode, reply.headers);
    reply.pipe(answer);
  });
  outgoing.on("error", (error) => {
    answer.writeHead(502);
    answer.end(`the router found nobody on port ${target.port}: ${error.message}`);
  });
  incoming.pipe(outgoing);
});
server.listen(listenPort, "127.0.0.1", () => console.log("router on", listenPort));

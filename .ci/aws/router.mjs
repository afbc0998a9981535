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
    answer.writeHead(reply.statusCode, {
      ...(isInvoke && { "x-amzn-requestid": randomUUID() }),
      ...reply.headers,
    });
    reply.pipe(answer);
  });
  outgoing.on("error", (error) => {
    answer.writeHead(502);
    answer.end(`the router found nobody on port ${target.port}: ${error.message}`);
  });
  incoming.pipe(outgoing);
});
server.listen(listenPort, "127.0.0.1", () => console.log("router on", listenPort));

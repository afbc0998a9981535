// S3 over a bad line: passes everything on, but holds back a model's bytes when told to.
//   node s3-proxy.mjs LISTEN TARGET (ports)
// POST /__hold: of the next model, only the first bytes; /__cut: destroys what is held, as a network does with sockets
// that slept; /__release: the line is good again. GET /__held: how many answers are held back.
import { createServer, request } from "node:http";

const [listenPort, targetPort] = process.argv.slice(2).map(Number);
const firstBytes = 20_000;
const held = new Set();
let isHolding = false;

const commands = {
  "/__hold": () => {
    isHolding = true;
  },
  "/__cut": () => {
    isHolding = false;
    for (const { answer } of held) answer.destroy();
    held.clear();
  },
  "/__release": () => {
    isHolding = false;
    for (const { send } of held) send();
    held.clear();
  },
  "/__held": () => {},
};

function passOn(incoming, answer) {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port: targetPort, method, path, headers }, (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    if (!isHolding || method !== "GET" || !path.includes("model.safetensors")) return reply.pipe(answer);
    reply.once("data", (chunk) => {
      reply.pause();
      answer.write(chunk.subarray(0, firstBytes));
      const send = () => {
        answer.write(chunk.subarray(firstBytes));
        reply.pipe(answer);
      };
      held.add({ answer, send });
    });
  });
  outgoing.on("error", () => answer.destroy());
  answer.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

createServer((incoming, answer) => {
  const command = commands[incoming.url];
  if (command === undefined) return passOn(incoming, answer);
  command();
  answer.end(`${held.size}\n`);
}).listen(listenPort, "0.0.0.0");

// Another handler, with the milliseconds that it takes in its answer.
const { handler: inner } = await import(`/var/task/${process.env.TIMED}`);

export async function handler(gatewayEvent, context) {
  const began = performance.now();
  const answer = await inner(gatewayEvent, context);
  return { ...answer, handlerMs: performance.now() - began };
}

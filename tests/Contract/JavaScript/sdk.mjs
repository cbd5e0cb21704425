// The official SDK as client by HTTP and by gRPC, and as subscriber.
import dapr from "@dapr/dapr";
import { problem, serve } from "./serve.mjs";

const { CommunicationProtocolEnum, DaprClient, DaprPubSubStatusEnum, DaprServer, HttpMethod } = dapr;
const { SUCCESS, RETRY, DROP } = DaprPubSubStatusEnum;
const daprHost = "127.0.0.1";
const clients = {};
const received = {};
let server;

function options(port, token, protocol) {
  return { daprHost, daprPort: `${port}`, daprApiToken: token ?? undefined, communicationProtocol: CommunicationProtocolEnum[protocol] };
}

// A callback that keeps what it is given, under the topic and the route, and answers with the next of its statuses; the last one stays.
function keep(name, ...statuses) {
  received[name] = [];
  return async (data) => {
    received[name].push(data);
    return statuses[Math.min(received[name].length, statuses.length) - 1];
  };
}

async function subscribe(pubsub, prefix) {
  const topic = (name) => `${prefix}-${name}`;
  await server.pubsub.subscribe(pubsub, topic("plain"), keep("plain"));
  await server.pubsub.subscribeWithOptions(pubsub, topic("routed"), {
    route: { default: "/others", rules: [{ match: `event.type == "order.placed"`, path: "/placed" }] },
  });
  server.pubsub.subscribeToRoute(pubsub, topic("routed"), "/placed", keep("routed/placed"));
  server.pubsub.subscribeToRoute(pubsub, topic("routed"), "/others", keep("routed/others"));
  await server.pubsub.subscribeWithOptions(pubsub, topic("flaky"), { callback: keep("flaky", RETRY, RETRY, SUCCESS) });
  for (const [name, status] of [["refused", RETRY], ["dropped", DROP]]) {
    await server.pubsub.subscribeWithOptions(pubsub, topic(name), {
      callback: keep(name, status),
      deadLetterTopic: topic(`${name}-dead`),
    });
    await server.pubsub.subscribe(pubsub, topic(`${name}-dead`), keep(`${name}-dead`));
  }
  await server.pubsub.subscribe(pubsub, topic("raw"), keep("raw"), "", { rawPayload: true });
  await server.pubsub.subscribeBulk(pubsub, topic("bulk"), keep("bulk"), { maxMessagesCount: 10, maxAwaitDurationMs: 100 });
}

async function listen() {
  for (const method of [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]) {
    await server.invoker.listen("echo", async ({ body, query }) => ({ method, body: JSON.parse(body ?? "null"), query }), { method });
  }
}

serve({
  connect: async (httpPort, grpcPort, token) => {
    clients.HTTP = new DaprClient(options(httpPort, token, "HTTP"));
    clients.GRPC = new DaprClient(options(grpcPort, token, "GRPC"));
    await Promise.all([clients.HTTP.start(), clients.GRPC.start()]);
  },
  startServer: async (port, httpPort, token, pubsub, prefix) => {
    const clientOptions = options(httpPort, token, "HTTP");
    server = new DaprServer({ serverHost: daprHost, serverPort: `${port}`, communicationProtocol: CommunicationProtocolEnum.HTTP, clientOptions });
    await subscribe(pubsub, prefix);
    await listen();
    await server.start();
  },
  received: (name) => received[name],
  // Any function of a client, for example ("GRPC", "state", "save", ...). Some tell a failure by throwing, some by what they return.
  use: async (protocol, block, name, ...args) => {
    const result = await clients[protocol][block][name](...args.map((arg) => arg ?? undefined));
    if (result?.error) {
      throw result.error;
    }
    return result?.failedMessages ? result.failedMessages.map(({ message, error }) => ({ event: message.event, ...problem(error) })) : result;
  },
});

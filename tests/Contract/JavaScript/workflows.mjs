// The official SDK as workflow worker and client.
import dapr from "@dapr/dapr";
import { serve } from "./serve.mjs";

const { DaprWorkflowClient, WorkflowRuntime, WorkflowRuntimeStatus } = dapr;
const options = { daprHost: "127.0.0.1", daprPort: process.env.DAPR_GRPC_PORT, daprApiToken: process.env.DAPR_API_TOKEN };
const client = new DaprWorkflowClient(options);
const attempts = new Map();

const activities = {
  upper: (_, text) => `${text.toUpperCase()}!`,
  square: (_, n) => n * n,
  boom: (_, text) => {
    throw new Error(`boom ${text}`);
  },
  // Fails until its third attempt for one key.
  flaky: (_, key) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt < 3) {
      throw new Error(`attempt ${attempt}`);
    }
    return attempt;
  },
  large: (_, length) => "x".repeat(length),
};

const workflows = {
  sequence: async function* (ctx, input) {
    const first = yield ctx.callActivity("upper", input);
    const second = yield ctx.callActivity("upper", `${first}again`);
    return [first, second];
  },
  fanOut: async function* (ctx, count) {
    const squares = yield ctx.whenAll(Array.from({ length: count }, (_, i) => ctx.callActivity("square", i)));
    return squares.reduce((sum, n) => sum + n, 0);
  },
  timer: async function* (ctx, seconds) {
    const before = ctx.getCurrentUtcDateTime();
    yield ctx.createTimer(seconds);
    return ctx.getCurrentUtcDateTime() - before >= seconds * 1000 - 1;
  },
  waitFor: async function* (ctx, names) {
    const seen = [];
    for (const name of names) {
      ctx.setCustomStatus(`waits for ${name}`);
      seen.push(yield ctx.waitForExternalEvent(name));
    }
    return seen;
  },
  eventOrTimeout: async function* (ctx, seconds) {
    const event = ctx.waitForExternalEvent("approve");
    const timeout = ctx.createTimer(seconds);
    const winner = yield ctx.whenAny([event, timeout]);
    return winner === event ? event.getResult() : "timed out";
  },
  parent: async function* (ctx, input) {
    return yield ctx.callChildWorkflow(input.child, input.input, input.id);
  },
  parentOfMany: async function* (ctx, count) {
    return yield ctx.whenAll(Array.from({ length: count }, (_, i) => ctx.callChildWorkflow("sequence", `c${i}`)));
  },
  failing: async function* (ctx, input) {
    return yield ctx.callActivity("boom", input);
  },
  // The SDK has no retry policies: this is how its users write them.
  retrying: async function* (ctx, key) {
    for (let attempt = 1; ; attempt++) {
      try {
        return yield ctx.callActivity("flaky", key);
      } catch (e) {
        if (attempt === 5) {
          throw e;
        }
        yield ctx.createTimer(0.05);
      }
    }
  },
  compensating: async function* (ctx, input) {
    yield ctx.callActivity("upper", input);
    try {
      yield ctx.callActivity("boom", input);
    } catch {
      return yield ctx.callActivity("upper", `undo ${input}`);
    }
  },
  counting: async function* (ctx, n) {
    yield ctx.callActivity("square", n);
    if (n === 3) {
      return n;
    }
    ctx.continueAsNew(n + 1, true);
  },
  collecting: async function* (ctx, seen) {
    seen.push(yield ctx.waitForExternalEvent("item"));
    if (seen.length === 3) {
      return seen;
    }
    ctx.continueAsNew(seen, true);
  },
  callsUnknown: async function* (ctx) {
    return yield ctx.callActivity("nobodyKnowsMe", 1);
  },
  large: async function* (ctx, length) {
    return (yield ctx.callActivity("large", length)).length;
  },
};

function build() {
  const runtime = new WorkflowRuntime(options);
  Object.entries(workflows).forEach(([name, run]) => runtime.registerWorkflowWithName(name, run));
  Object.entries(activities).forEach(([name, run]) => runtime.registerActivityWithName(name, run));
  return runtime;
}

function state(found) {
  return found === undefined ? null : {
    name: found.name,
    status: WorkflowRuntimeStatus[found.runtimeStatus],
    input: found.serializedInput ?? null,
    output: found.serializedOutput ?? null,
    customStatus: found.customStatus ?? null,
    failure: found.workflowFailureDetails?.getErrorMessage() ?? null,
    failureType: found.workflowFailureDetails?.getErrorType() ?? null,
  };
}

let worker;
const calls = {
  startWorker: async () => {
    worker = build();
    await worker.start();
  },
  stopWorker: () => worker.stop(),
  schedule: (name, input, id, delayMs) =>
    client.scheduleNewWorkflow(name, input, id ?? undefined, delayMs ? new Date(Date.now() + delayMs) : undefined),
  get: async (id) => state(await client.getWorkflowState(id, true)),
  waitForStart: async (id) => state(await client.waitForWorkflowStart(id, true, 30)),
  waitForCompletion: async (id) => state(await client.waitForWorkflowCompletion(id, true, 30)),
  raiseEvent: (id, name, payload) => client.raiseEvent(id, name, payload),
  suspend: (id) => client.suspendWorkflow(id),
  resume: (id) => client.resumeWorkflow(id),
  terminate: (id, output) => client.terminateWorkflow(id, output),
  purge: (id) => client.purgeWorkflow(id),
};

serve(calls);

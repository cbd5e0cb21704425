// Serves calls line by line from standard input: {"id", "call", "args"} is answered by a line that begins with "@@" and holds
// {"id", "result"} or {"id", "error"}. All else on standard output is the SDK's own log.
import { createInterface } from "node:readline";

function answer(line) {
  process.stdout.write(`@@${JSON.stringify(line)}\n`);
}

// What the SDK throws: an Error, a gRPC error with a code, or a plain object around one of them.
export function problem(e) {
  const cause = e.error ?? e;
  return { code: cause.code ?? null, message: cause.rawMessage ?? cause.details ?? cause.message ?? `${cause}` };
}

export function serve(calls) {
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, call, args } = JSON.parse(line);
    try {
      answer({ id, result: (await calls[call](...args)) ?? null });
    } catch (e) {
      answer({ id, error: problem(e) });
    }
  }).on("close", () => process.exit(0));
}

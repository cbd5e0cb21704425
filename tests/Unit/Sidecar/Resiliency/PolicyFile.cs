using Microsoft.Extensions.Logging.Abstractions;
using Sidecar.Resiliency;
using Sidecar.Resources;
using Tests.Unit.Sidecar.Resources;

namespace Tests.Unit.Sidecar.Resiliency;

/// <summary>Policies as a resiliency file gives them.</summary>
public static class PolicyFile
{
    /// <summary>
    /// Reads <c>spec</c> of a resiliency file and builds its policies; brokers are named pubsub, stores statestore.
    /// </summary>
    public static IPolicies Read(string spec, TimeProvider time)
    {
        using var folder = new ResourceFolder().With("resiliency.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {"{name: resiliency}"}
            spec:
            {spec}
            """);
        return new Policies(
            folder.Load().Resiliencies,
            [Component("pubsub", "pubsub.sqlite"), Component("statestore", "state.sqlite")],
            time,
            new Random(1),
            NullLoggerFactory.Instance);
    }

    /// <summary>
    /// One attempt after another; each takes the next of <paramref name="statuses"/>, the last one for ever.
    /// </summary>
    public static Func<CancellationToken, Task<int>> Answers(List<int> calls, params int[] statuses) => _ =>
    {
        var status = statuses[Math.Min(calls.Count, statuses.Length - 1)];
        calls.Add(status);
        return status == 0 ? throw new HttpRequestException("connection refused") : Task.FromResult(status);
    };

    /// <summary>As service invocation judges: 2xx and 3xx are fine.</summary>
    public static Outcome Judge(int status) =>
        status is >= 200 and < 400 ? Outcome.Success : new Outcome(Failed: true, HttpStatus: status);

    private static Component Component(string name, string type) =>
        new(name, type, "v1", new Dictionary<string, string>(StringComparer.Ordinal), [], "test.yaml");
}

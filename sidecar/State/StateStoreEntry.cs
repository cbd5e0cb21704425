using Sidecar.Components;
using Sidecar.Hosting;
using Sidecar.Http;
using Sidecar.Resiliency;
using Sidecar.Resources;

namespace Sidecar.State;

/// <summary>A state store as one app sees it: with its name, its key prefix and its resiliency policy.</summary>
internal sealed class StateStoreEntry
{
    private const string Separator = "||";
    private const string KeyPrefixName = "keyPrefix";

    private readonly string _prefix;

    private StateStoreEntry(string name, string prefix, IStateStore store, IPolicy policy)
    {
        Name = name;
        _prefix = prefix;
        Store = store;
        Policy = policy;
    }

    /// <summary>Component name.</summary>
    public string Name { get; }

    /// <summary>The store.</summary>
    public IStateStore Store { get; }

    /// <summary>The outbound policy of the component.</summary>
    public IPolicy Policy { get; }

    /// <summary>All stores in scope of the app.</summary>
    public static Dictionary<string, StateStoreEntry> All(AppRuntime runtime) => runtime.StateStores.ToDictionary(
        static pair => pair.Key,
        pair => new StateStoreEntry(
            pair.Key,
            PrefixOf(pair.Key, runtime.Components.FirstOrDefault(component => component.Name == pair.Key), runtime.AppId),
            pair.Value,
            runtime.Policies.ForComponentOutbound(pair.Key)),
        StringComparer.Ordinal);

    /// <summary>The key as the store sees it, or null if it holds the separator, with which it could reach another app's values.</summary>
    public string? FullKey(string key) => key.Contains(Separator, StringComparison.Ordinal) ? null : _prefix + key;

    /// <summary>The values of those keys that exist, under the component's policy.</summary>
    public Task<IReadOnlyList<StateItem>> ReadAsync(IReadOnlyList<string> fullKeys) => Policy.IsEmpty
        ? Store.GetAsync(fullKeys, CancellationToken.None)
        : Policy.RunAsync(token => Store.GetAsync(fullKeys, token), static _ => Outcome.Success, CancellationToken.None);

    /// <summary>All writes or none, under the component's policy.</summary>
    /// <returns>What the store threw, which becomes an answer; null where it has written.</returns>
    public async Task<Exception?> WriteAsync(IReadOnlyList<StateWrite> writes)
    {
        try
        {
            return Policy.IsEmpty
                ? await AttemptAsync(CancellationToken.None)
                : await Policy.RunAsync(AttemptAsync, static _ => Outcome.Success, CancellationToken.None);
        }
        // The edge: whatever a store throws becomes an answer.
        catch (Exception exception)
        {
            return exception;
        }

        // A refused version is an answer, not a failure: it must neither be tried again nor open the circuit breaker.
        async Task<Exception?> AttemptAsync(CancellationToken cancellationToken)
        {
            try
            {
                await Store.WriteAsync(writes, cancellationToken);
                return null;
            }
            catch (Exception exception) when (exception is EtagMismatchException or EtagInvalidException or FirstWriteException)
            {
                return exception;
            }
        }
    }

    /// <summary>
    /// Each write for itself, as in daprd: those whose ETag is stale fail, the others are stored.
    /// </summary>
    /// <returns>The failures, in the order of the writes.</returns>
    public async Task<IReadOnlyList<Exception>> WriteEachAsync(IReadOnlyList<StateWrite> writes)
    {
        if (writes.Count == 1 || writes.All(static write => write is { ETag: null, FirstWrite: false }))
        {
            // Nothing here can be refused on its own, so that one transaction does for all.
            return await WriteAsync(writes) is { } problem ? [problem] : [];
        }
        // Queued in order, so that the last write of a key that occurs twice is the one that stays.
        var results = await Task.WhenAll(writes.Select(write => WriteAsync([write])));
        return [.. results.OfType<Exception>()];
    }

    /// <summary>Saves a list of values; the refusal where some of it could not be stored.</summary>
    public async Task<ApiError?> SaveAsync(IReadOnlyList<StateWrite> writes)
    {
        var failures = await WriteEachAsync(writes);
        return failures.Count == 0 ? null
            : writes.Count == 1 ? StateErrors.Save(Name, failures[0])
            : StateErrors.Save(Name, StateErrors.StatusOf(failures), StateErrors.TextOf(failures));
    }

    // Source: Dapr docs, "How-To: Share state between applications": appid (default), name, namespace, none, or any other text.
    private static string PrefixOf(string name, Component? component, string appId)
    {
        // Looked up without case, whatever comparer the dictionary has.
        var strategy = component?.Metadata
            .FirstOrDefault(static pair => pair.Key.Equals(KeyPrefixName, StringComparison.OrdinalIgnoreCase)).Value ?? "appid";
        if (strategy.Contains(Separator, StringComparison.Ordinal))
        {
            throw new ResourceException(
                component!.File, "spec.metadata.keyPrefix", $"'{strategy}' contains '{Separator}'", "Choose a prefix without it");
        }
        return strategy.ToLowerInvariant() switch
        {
            "none" => "",
            "name" => name + Separator,
            "appid" => appId + Separator,
            "namespace" => Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } space
                ? $"{space}.{appId}{Separator}"
                : appId + Separator,
            // Daprd lowers a custom prefix too.
            var custom => custom + Separator,
        };
    }
}

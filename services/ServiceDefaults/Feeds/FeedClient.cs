using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Contracts;
using Contracts.Feeds;
using Contracts.Snapshots;
using Dapr.Client;
using ServiceDefaults.Traffic;

namespace ServiceDefaults.Feeds;

/// <summary>Follows the feeds of other services, by Dapr service invocation. Tests follow without a sidecar.</summary>
public interface IFeedClient
{
    /// <summary>Reads on.</summary>
    /// <param name="source">App id of the feed's owner.</param>
    /// <param name="after">Cursor; empty for the beginning.</param>
    /// <param name="lane">One of <see cref="FeedLanes"/>.</param>
    /// <param name="quiet">Only what has not changed for so long; zero for everything.</param>
    /// <param name="wait">How long the owner may wait for a change, up to <see cref="FeedLimits.WaitMsMax"/>.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="HttpRequestException">The owner or the sidecar is away.</exception>
    Task<ChangePage> ReadAsync(
        string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IFeedClient"/>
internal sealed class DaprFeedClient(DaprClient dapr, ServiceIdentity identity, TrafficMeter traffic) : IFeedClient, IDisposable
{
    // Longer than one attempt of the policy of service invocation (5 s), and not its retries: the next tick asks again, and until an owner that
    // hangs is given up, no other is read.
    private static readonly TimeSpan TimeoutUnlessTold = TimeSpan.FromSeconds(6);
    private readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);

    /// <summary>For the whole answer, its body included.</summary>
    public TimeSpan Timeout { get; init; } = TimeoutUnlessTold;

    public async Task<ChangePage> ReadAsync(
        string source, string after, string lane, TimeSpan quiet, TimeSpan wait, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"/changes?after={Uri.EscapeDataString(after)}&lane={lane}&quiet={quiet.TotalMilliseconds:0}&wait={wait.TotalMilliseconds:0}&consumer={identity.AppId}");
        var pattern = PatternOf(lane);
        if (pattern is not null)
        {
            traffic.Called(pattern);
        }

        using var response = await ClientOf(source).GetAsync(path, cancellationToken);
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<ChangePage>(JsonSerializerOptions.Web, cancellationToken)
            ?? throw new HttpRequestException($"'{source}' answered GET /changes without a page.");
        if (pattern is not null)
        {
            traffic.Carried(pattern, page.Items.Count);
        }

        return page;
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    // The pulled lane is pattern sync's, though it also carries orders of other patterns that are being healed. Who reads everything keeps
    // a read model, which no order waits for.
    private static string? PatternOf(string lane) => lane switch
    {
        FeedLanes.Pulled => Patterns.Sync,
        FeedLanes.Pushed => ServiceTraffic.AntiEntropy,
        _ => null,
    };

    private HttpClient ClientOf(string source)
    {
        lock (clients)
        {
            if (!clients.TryGetValue(source, out var client))
            {
                client = dapr.CreateInvokableHttpClient(source);
                client.Timeout = Timeout;
                clients[source] = client;
            }

            return client;
        }
    }
}

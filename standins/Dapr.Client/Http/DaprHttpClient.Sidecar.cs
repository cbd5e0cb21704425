using System.Text.Json;

namespace Dapr.Client.Http;

internal sealed partial class DaprHttpClient
{
    private const string MetadataPath = "/v1.0/metadata";

    private static readonly TimeSpan HealthPollInterval = TimeSpan.FromMilliseconds(500);

    public override Task<bool> CheckHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthyAsync("/v1.0/healthz", cancellationToken);

    public override Task<bool> CheckOutboundHealthAsync(CancellationToken cancellationToken = default) =>
        IsHealthyAsync("/v1.0/healthz/outbound", cancellationToken);

    public override async Task WaitForSidecarAsync(CancellationToken cancellationToken = default)
    {
        while (!await CheckOutboundHealthAsync(cancellationToken))
        {
            await Task.Delay(HealthPollInterval, TimeProvider.System, cancellationToken);
        }
    }

    public override Task ShutdownSidecarAsync(CancellationToken cancellationToken = default) =>
        DoAsync("Shutdown", HttpMethod.Post, "/v1.0/shutdown", content: null, cancellationToken);

    public override async Task<DaprMetadata> GetMetadataAsync(CancellationToken cancellationToken = default)
    {
        const string operation = "Get metadata";
        using var response = await _channel.SendAsync(
            operation, _channel.Request(HttpMethod.Get, MetadataPath), cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return ToMetadata(JsonSerializer.Deserialize<MetadataBody>(body, JsonSerializerOptions.Web)!);
        }
        catch (JsonException unreadable)
        {
            throw new DaprException(
                $"{operation} operation failed: the answer could not be read ({unreadable.Message}).", unreadable);
        }
    }

    public override Task SetMetadataAsync(
        string attributeName, string attributeValue, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(attributeName);
        var content = new StringContent(attributeValue ?? string.Empty);
        return DoAsync(
            "Set metadata", HttpMethod.Put, SidecarPath.Of(MetadataPath, attributeName), content, cancellationToken);
    }

    private async Task<bool> IsHealthyAsync(string path, CancellationToken cancellationToken)
    {
        using var request = _channel.Request(HttpMethod.Get, path);
        try
        {
            using var response = await _channel.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // Nobody listens: that is an answer to the question, not an error.
            return false;
        }
    }

    private static DaprMetadata ToMetadata(MetadataBody body) => new(
        body.Id ?? string.Empty,
        [.. (body.ActorRuntime?.ActiveActors ?? []).Select(actor => new DaprActorMetadata(actor.Type, actor.Count))],
        body.Extended ?? [],
        [.. (body.Components ?? []).Select(component => new DaprComponentsMetadata(
            component.Name, component.Type, component.Version, component.Capabilities ?? []))]);

    private sealed record MetadataBody(
        string? Id, ActorRuntime? ActorRuntime, Dictionary<string, string>? Extended, Component[]? Components);

    private sealed record ActorRuntime(Actor[]? ActiveActors);

    private sealed record Actor(string Type, int Count);

    private sealed record Component(string Name, string Type, string Version, string[]? Capabilities);
}

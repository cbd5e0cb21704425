using System.Globalization;
using Sidecar.Components.Redis;
using Sidecar.Resources;

namespace Sidecar.Components.StateRedis;

/// <summary>
/// <c>state.redis</c>: values in Dapr's layout, so that this and a real daprd can share a server. A write is acknowledged when the server has it;
/// what that is worth is for the server's persistence to say. Unlike in Dapr, a transaction is carried out as a whole or not at all, and an expected
/// version is looked at with last-write, too (Dapr then overwrites unless the key was ever written with first-write).
/// </summary>
public sealed class RedisStateStore : IStateStore
{
    private const string DefaultTtl = "ttlInSeconds";

    // Legacy names, and those that are for other Redis components of Dapr, which its state store takes without a word.
    private static readonly string[] Ignored = ["maxRetries", "maxRetryBackoff", "redeliverInterval", "processingTimeout", "queryIndexes"];

    private static readonly string[] Known = [.. RedisMetadata.Names, DefaultTtl, .. Ignored, .. ComponentMetadata.OfEveryStateStore];

    private readonly RedisClient _client;
    private readonly int? _ttlSeconds;

    private RedisStateStore(RedisClient client, int? ttlSeconds) => (_client, _ttlSeconds) = (client, ttlSeconds);

    /// <inheritdoc/>
    public IReadOnlyList<string> Capabilities { get; } = ["ETAG", "TRANSACTIONAL", "TTL"];

    /// <inheritdoc/>
    public string? QueryRefusal => "redis-json server support is required for query capability";

    /// <inheritdoc/>
    public string TtlParser => "failed to parse ttl from metadata: strconv.ParseInt";

    /// <summary>See <see cref="ComponentFactory{T}"/>.</summary>
    public static async Task<IStateStore> CreateAsync(Component component, ComponentContext context, CancellationToken cancellationToken)
    {
        ComponentMetadata.RefuseUnknown(component, Known);
        var metadata = new RedisMetadata(component);
        if (metadata.Text("queryIndexes") is not null)
        {
            throw metadata.Error(
                "queryIndexes", "is not supported by this sidecar", "Remove it: the query API needs a server with RedisJSON and a real Dapr");
        }
        var ttl = (int?)metadata.Number(DefaultTtl, -1, int.MaxValue);
        return new RedisStateStore(
            await RedisStart.OpenAsync(metadata, metadata.Read(), context, cancellationToken), ttl < 0 ? 0 : ttl);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StateItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 1)
        {
            RespValue reply;
            try
            {
                reply = await _client.ExecuteAsync(Read(keys[0]));
            }
            catch (RedisErrorException exception) when (exception.Code == "WRONGTYPE")
            {
                return await PlainAsync(keys[0]) is { } plain ? [plain] : [];
            }
            return Item(keys[0], reply) is { } only ? [only] : [];
        }
        var replies = await _client.ExecuteAllAsync([.. keys.Select(Read)]);
        var items = new List<StateItem>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            var item = replies[i].Kind == RespKind.Error && replies[i].Text.StartsWith("WRONGTYPE", StringComparison.Ordinal)
                ? await PlainAsync(keys[i])
                : Item(keys[i], replies[i].OrThrow());
            if (item is not null)
            {
                items.Add(item);
            }
        }
        return items;
    }

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        var refused = await RedisStateScript.RunAsync(_client, [.. writes.Select(Checked)], _ttlSeconds);
        if (refused < 0)
        {
            return;
        }
        var write = writes[refused];
        throw write.Value is null ? new EtagMismatchException(write.Key, $"failed to delete {write.Key}")
            : write.ETag is not null ? new EtagMismatchException(write.Key, $"failed to set key {write.Key}")
            : new FirstWriteException(write.Key);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static RedisArgument[] Read(string key) => ["HMGET", key, "data", "version"];

    private static StateItem? Item(string key, in RespValue reply) => reply.Array switch
    {
        [{ IsNull: true }, { IsNull: true }] => null,
        [{ IsNull: false } data, { IsNull: false } version] => new StateItem(key, data.Bytes, version.Text, null),
        _ => throw new InvalidDataException("required hash field 'data' or 'version' was not found"),
    };

    // A value that something else than Dapr has set, as Dapr reads it.
    private async Task<StateItem?> PlainAsync(string key)
    {
        var value = await _client.ExecuteAsync("GET", key);
        return value.IsNull ? null : new StateItem(key, value.Bytes, "", null);
    }

    // A version is a number to Redis; a delete compares it as text.
    private static StateWrite Checked(StateWrite write)
    {
        if (write.Value is null || write.ETag is null)
        {
            return write;
        }
        if (long.TryParse(write.ETag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var version))
        {
            return write with { ETag = $"{version}" };
        }
        var digits = write.ETag.AsSpan().TrimStart("+-");
        var isNumber = !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
        throw new EtagInvalidException($"strconv.Atoi: parsing \"{write.ETag}\": {(isNumber ? "value out of range" : "invalid syntax")}");
    }
}

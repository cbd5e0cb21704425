using Sidecar.Components.Dispatch;
using Sidecar.Components.Redis;
using Sidecar.Components.Settings;
using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Components.PubSubRedis;

/// <summary>The metadata of a <c>pubsub.redis</c> component, checked. Source: components-contrib 1.18, pubsub/redis.</summary>
/// <param name="ConsumerId">Name of the consumer group and of the consumer in it; null for the app id.</param>
/// <param name="Concurrency">Most messages under way per subscription.</param>
/// <param name="QueueDepth">Most messages of a topic that are read ahead.</param>
/// <param name="ProcessingTimeout">
/// How long a message is pending before it is taken from whoever holds it, who then must be dead; null where none is.
/// </param>
/// <param name="RedeliverInterval">How often that is looked at.</param>
/// <param name="MaxLength">About how many entries a stream keeps; null for all.</param>
/// <param name="StreamTtl">About how long entries are kept; null for ever.</param>
internal sealed record StreamOptions(
    string? ConsumerId, int Concurrency, int QueueDepth, TimeSpan? ProcessingTimeout, TimeSpan RedeliverInterval, long? MaxLength,
    TimeSpan? StreamTtl)
{
    private const string Consumer = "consumerID";
    private const string Depth = "queueDepth";
    private const string Processing = "processingTimeout";
    private const string Redeliver = "redeliverInterval";
    private const string Length = "maxLenApprox";
    private const string Ttl = "streamTTL";
    private static readonly TimeSpan TtlMax = TimeSpan.FromDays(3_650);

    /// <summary>Reads it.</summary>
    /// <exception cref="ResourceException">A name is unknown, or a value malformed.</exception>
    public static StreamOptions Read(Component component, RedisMetadata metadata, PubSubSettings settings)
    {
        settings.AllowOnly([.. RedisMetadata.Names, Consumer, Depth, Processing, Redeliver, Length, Ttl, "concurrency"]);
        var processing = ProcessingMs(metadata);
        // Dapr ignores a duration with a unit here and goes on with 15 s.
        var redeliver = metadata.Number(Redeliver, 0, StreamLimits.TimeMaxMs) ?? StreamLimits.RedeliverIntervalMs;
        var (length, ttl) = (metadata.Number(Length, 0, long.MaxValue), TtlOf(metadata));
        if (length > 0 && ttl is not null)
        {
            throw metadata.Error(Ttl, $"cannot be used together with {Length}", "Remove one of them");
        }
        return new StreamOptions(
            ConsumerOf(component, metadata),
            settings.Concurrency(),
            (int)Math.Min(metadata.Number(Depth, 1, int.MaxValue) ?? StreamLimits.QueueDepth, DispatchLimits.WaitingMax),
            processing == 0 || redeliver == 0 ? null : TimeSpan.FromMilliseconds(processing),
            TimeSpan.FromMilliseconds(redeliver),
            length > 0 ? length : null,
            ttl);
    }

    /// <summary>The consumer group of an app, and the consumer's name in it, which in Dapr is the same.</summary>
    public string GroupOf(string appId) => ConsumerId?.Replace("{appID}", appId, StringComparison.Ordinal) ?? appId;

    private static string? ConsumerOf(Component component, RedisMetadata metadata)
    {
        if (metadata.Text(Consumer)?.Trim() is not { Length: > 0 } text)
        {
            return null;
        }
        var plain = text.Replace("{appID}", "", StringComparison.Ordinal);
        return plain.Contains('{', StringComparison.Ordinal)
            ? throw new ResourceException(
                component.File, $"spec.metadata.{Consumer}", $"'{text}' has a placeholder other than {{appID}}",
                "Write the name of the group, or {appID}; others would make a new group, which gets everything again, at every start")
            : text;
    }

    private static long ProcessingMs(RedisMetadata metadata) => metadata.Duration(Processing) switch
    {
        null => StreamLimits.ProcessingTimeoutMs,
        var time when time < TimeSpan.Zero =>
            throw metadata.Error(Processing, "'-1' is not a duration", "Write milliseconds, or 0 for no redelivery"),
        var time => (long)time.Value.TotalMilliseconds,
    };

    private static TimeSpan? TtlOf(RedisMetadata metadata)
    {
        if (metadata.Text(Ttl) is not { } text)
        {
            return null;
        }
        // Without a unit Dapr takes nanoseconds or seconds, as the version goes.
        return !text.All(char.IsAsciiDigit) && GoDuration.TryParse(text, TtlMax, out var ttl) && ttl > TimeSpan.Zero
            ? ttl
            : throw metadata.Error(Ttl, $"'{text}' is not a duration", "Write it with its unit, for example 72h");
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using Sidecar.Hosting;
using Sidecar.PubSub.Envelopes;
using Sidecar.Resources;
using Sidecar.Telemetry;
using Sidecar.Telemetry.Describing;

namespace Sidecar.PubSub.Delivery;

/// <summary>What an app said about the messages of one request.</summary>
/// <param name="Verdicts">By the order of the messages.</param>
/// <param name="HttpStatus">The answer's status where it was not 2xx.</param>
internal readonly record struct Answer(Verdict[] Verdicts, int? HttpStatus);

/// <summary>Makes the HTTP requests of one subscription's deliveries, single or bulk, and reads the answers.</summary>
internal sealed class Courier(AppRuntime runtime, Subscription subscription, bool isRaw)
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // A publisher's metadata becomes headers, as in Dapr, but must not change how the request is framed, routed or
    // authorized.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "pubsubName", "Host", "Connection", "Transfer-Encoding", "Upgrade", "Expect", "TE", "Trailer", "Keep-Alive",
        "Proxy-Connection",
        "Traceparent", "Tracestate", "Authorization", "Cookie", "dapr-api-token", "dapr-app-id",
    };

    private readonly ConcurrentDictionary<string, Uri> _urls = new(StringComparer.Ordinal);

    private Tracer Tracer => runtime.Telemetry.Tracer;

    /// <summary>Sends the messages in one request.</summary>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    /// <exception cref="IOException">The answer broke off.</exception>
    public async Task<Answer> SendAsync(
        string path, IReadOnlyList<DeliveryItem> items, CancellationToken cancellationToken)
    {
        if (!subscription.Bulk.Enabled)
        {
            return await PostAsync(path, items, items[0].Body, ContentTypes.CloudEvent, cancellationToken);
        }
        var body = new PooledBuffer(items.Sum(static i => i.Body.Length + 256));
        BulkBody.Write(body, items, subscription, isRaw, runtime.Time.GetUtcNow());
        var answer = await PostAsync(path, items, body.Written, ContentTypes.Json, cancellationToken);
        // Only here: after a failure the client may still be reading from the buffer, and it is left to the garbage
        // collector.
        body.Dispose();
        return answer;
    }

    private async Task<Answer> PostAsync(
        string path, IReadOnlyList<DeliveryItem> items, ReadOnlyMemory<byte> body, string contentType,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(path));
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        var spans = AddHeaders(request, items);
        var began = runtime.Time.GetTimestamp();
        try
        {
            var answer = await AskAsync(request, items, cancellationToken);
            Count(answer, runtime.Time.GetElapsedTime(began));
            spans?.ForEach(span => DeliverySpans.End(span, answer.HttpStatus ?? StatusCodes.Status200OK));
            return answer;
        }
        catch (Exception exception)
        {
            Count(new([.. Enumerable.Repeat(Verdict.Retry, items.Count)], HttpStatus: null), runtime.Time.GetElapsedTime(began));
            spans?.ForEach(span => DeliverySpans.End(span, exception));
            throw;
        }
    }

    private async Task<Answer> AskAsync(HttpRequestMessage request, IReadOnlyList<DeliveryItem> items, CancellationToken cancellationToken)
    {
        using var response = await runtime.App.SendAsync(request, cancellationToken);
        using var reply = await LimitedBody.ReadAsync(response.Content, PubSubLimits.ReplyBytesMax, cancellationToken);
        var status = (int)response.StatusCode;
        if (status is >= 200 and <= 299)
        {
            var text = reply?.Written ?? default;
            return new(subscription.Bulk.Enabled ? OfEntries(items, text) : [Replies.OfSingle(text)], null);
        }
        // 404 means that the app has no such route. Dapr acknowledges a whole bulk then without a dead letter;
        // losing messages is no better for being many, so they are treated like single ones.
        return new([.. Enumerable.Repeat(status == 404 ? Verdict.Drop : Verdict.Retry, items.Count)], status);
    }

    private void Count(Answer answer, TimeSpan elapsed)
    {
        if (runtime.Telemetry.Meter is not { } meter)
        {
            return;
        }
        var (component, topic) = (subscription.PubsubName, subscription.Topic);
        if (subscription.Bulk.Enabled)
        {
            meter.BulkDelivered(component, topic, elapsed);
            foreach (var verdicts in answer.Verdicts.GroupBy(static v => v))
            {
                meter.BulkEntries(component, topic, WordOf(verdicts.Key), verdicts.Count());
            }
            return;
        }
        var word = WordOf(answer.Verdicts[0]);
        // A drop that the app has asked for is its success.
        meter.Delivered(component, topic, word, answer is { HttpStatus: null, Verdicts: [Verdict.Drop] } ? WordOf(Verdict.Success) : word, elapsed);
    }

    private static string WordOf(Verdict verdict) => verdict switch
    {
        Verdict.Success => "success",
        Verdict.Drop => "drop",
        _ => "retry",
    };

    private static Verdict[] OfEntries(IReadOnlyList<DeliveryItem> items, ReadOnlyMemory<byte> reply)
    {
        var verdicts = Replies.OfBulk(reply);
        return
        [
            .. items.Select(item =>
                verdicts?.GetValueOrDefault(BulkBody.EntryId(item), Verdict.Retry) ?? Verdict.Retry),
        ];
    }

    // The spans of the messages that are traced; null where none is.
    private List<Span>? AddHeaders(HttpRequestMessage request, IReadOnlyList<DeliveryItem> items)
    {
        request.Headers.TryAddWithoutValidation("Pubsubname", subscription.PubsubName);
        List<Span>? spans = null;
        for (var i = 0; i < items.Count; i++)
        {
            // A bulk request can name one trace only, the last one; each entry's own stands in its envelope.
            var isNamed = i == items.Count - 1;
            if (items[i].TraceParent is not { } parent || !(isNamed || (Tracer.IsOn && !TraceContext.IsSurelyUnsampled(parent))))
            {
                continue;
            }
            var trace = TraceContext.ForRequest(parent, null, runtime.TracingSamplingRate);
            if (isNamed)
            {
                request.Headers.TryAddWithoutValidation("Traceparent", trace.HeaderValue);
            }
            if (DeliverySpans.StartMessage(Tracer, subscription.Topic, trace) is { } span)
            {
                (spans ??= []).Add(span);
            }
        }
        if (subscription.Bulk.Enabled)
        {
            return spans;
        }
        foreach (var (name, value) in items[0].Message.Metadata)
        {
            if (name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters)
                && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
                && !Reserved.Contains(name))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
        return spans;
    }

    private Uri UrlOf(string path) =>
        _urls.GetOrAdd(path, static (p, app) => new Uri(app, "/" + p.TrimStart('/')), runtime.App.BaseAddress!);
}

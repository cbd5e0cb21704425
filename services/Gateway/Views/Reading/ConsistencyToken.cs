using System.Globalization;
using Contracts;
using ServiceDefaults.Problems;

namespace Gateway.Views.Reading;

/// <summary>
/// What a client has written, or seen: an order in a version. A write is answered with one; a read that presents it sees that write.
/// </summary>
/// <param name="OrderId">Order.</param>
/// <param name="Version">The least version that satisfies the client.</param>
internal sealed record ConsistencyToken(string OrderId, long Version)
{
    /// <summary>The header, on answers to writes and on reads. Plain ASCII: <c>orders/{id}@{version}</c>, several with commas between them.</summary>
    public const string Header = "Consistency-Token";

    private const string Prefix = "orders/";

    /// <summary>The tokens of a request; of several for one order the highest.</summary>
    /// <exception cref="RefusedException">One is malformed, or there are too many: 422.</exception>
    public static IReadOnlyList<ConsistencyToken> Of(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue(Header, out var values))
        {
            return [];
        }

        var errors = new FieldErrors();
        var parts = values.ToString().Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > ViewLimits.TokensMax)
        {
            errors.Add(Header, $"{parts.Length} tokens are more than the {ViewLimits.TokensMax} allowed; send those of the last writes.");
            RefusedException.ThrowIfAny(errors);
        }

        var tokens = parts.Select(Parse).ToList();
        foreach (var (_, text) in tokens.Zip(parts).Where(t => t.First is null))
        {
            errors.Add(Header, $"'{FieldErrors.Shorten(text)}' is no token; send what a write was answered with, such as {Prefix}018f...@1.");
        }

        RefusedException.ThrowIfAny(errors);
        return [.. tokens.GroupBy(t => t!.OrderId, StringComparer.Ordinal).Select(g => g.MaxBy(t => t!.Version)!)];
    }

    /// <summary>Has the answer carry the token of what was written, where it was: from its location and its entity tag.</summary>
    public static ValueTask<object?> AnswerWithAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var response = context.HttpContext.Response;
        response.OnStarting(() =>
        {
            var location = response.Headers.Location.ToString();
            if (response.StatusCode is >= 200 and < 300
                && location.StartsWith("/" + Prefix, StringComparison.Ordinal)
                && Parse($"{Uri.UnescapeDataString(location[1..])}@{response.Headers.ETag.ToString().Trim('"')}") is { } token)
            {
                response.Headers[Header] = token.ToString();
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{OrderId}@{Version}");

    private static ConsistencyToken? Parse(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < Prefix.Length || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var orderId = text[Prefix.Length..at];
        return FieldErrors.IsId(orderId)
            && long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0
                ? new ConsistencyToken(orderId, version)
                : null;
    }
}

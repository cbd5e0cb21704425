using Contracts.DeadLetters;

namespace Cli.Gateway;

/// <summary>What operators see and decide of dead letters.</summary>
internal sealed partial class GatewayClient
{
    /// <summary>A service's dead letters, page by page.</summary>
    public IAsyncEnumerable<DeadLetterEntry> DeadLettersAsync(
        string service, string? status, DeadLetterFilter filter, CancellationToken cancellation) =>
        PagesAsync(
            $"services/{service}/deadletters?limit={Limits.PageSize}{Query("status", status)}{Query("topic", filter.Topic)}"
            + $"{Query("type", filter.Type)}{Query("subject", filter.Subject)}{Query("reason", filter.Reason)}"
            + Query("olderThanSeconds", filter.OlderThanSeconds?.ToString()),
            after: null, GatewayJson.Default.PageDeadLetterEntry, cancellation);

    /// <summary>A dead letter with its envelope.</summary>
    public Task<Answer<DeadLetterDetails>> DeadLetterAsync(string service, long id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, $"services/{service}/deadletters/{id}", null, null, GatewayJson.Default.DeadLetterDetails, cancellation);

    /// <summary>Handles a dead letter again.</summary>
    public Task<Answer<LetterOutcome>> ReplayAsync(string service, long id, ReplayLetter request, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"services/{service}/deadletters/{id}/replay", Body(request, GatewayJson.Default.ReplayLetter), null,
            GatewayJson.Default.LetterOutcome, cancellation);

    /// <summary>Handles a batch of dead letters again.</summary>
    public Task<Answer<LettersOutcome>> ReplayAllAsync(string service, ReplayLetters request, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"services/{service}/deadletters/replay", Body(request, GatewayJson.Default.ReplayLetters), null,
            GatewayJson.Default.LettersOutcome, cancellation);

    /// <summary>Discards a letter.</summary>
    public Task<Answer<LetterOutcome>> DiscardAsync(string service, long id, DiscardLetter request, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"services/{service}/deadletters/{id}/discard", Body(request, GatewayJson.Default.DiscardLetter), null,
            GatewayJson.Default.LetterOutcome, cancellation);

    /// <summary>Discards a batch of dead letters.</summary>
    public Task<Answer<LettersOutcome>> DiscardAllAsync(string service, DiscardLetters request, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post, $"services/{service}/deadletters/discard", Body(request, GatewayJson.Default.DiscardLetters), null,
            GatewayJson.Default.LettersOutcome, cancellation);
}

using Cli.Gateway;
using Contracts.Ordering;

namespace Cli.Demo;

/// <summary>Plays one planned order: sends it, perhaps twice, and cancels it where the scenario says so.</summary>
internal sealed class OrderPlayer(GatewayClient gateway, Ledger ledger, TimeSpan confirmation, TimeProvider time)
{
    /// <summary>Sends the order. Returns what is left to do once it is accepted: cancelling it, or nothing.</summary>
    /// <param name="planned">The order.</param>
    /// <param name="intendedAt">Timestamp at which it was due; latency counts from here, also where the client was late
    /// itself.</param>
    /// <param name="cancellation">Stops the run.</param>
    public async Task<Func<Task>?> PlaceAsync(PlannedOrder planned, long intendedAt, CancellationToken cancellation)
    {
        var withdrawing = planned.Kind == OrderKind.WithdrawnSku
            ? gateway.WithdrawAsync(planned.Order.Lines![0]!.Sku!, cancellation)
            : null;
        var twin = planned.Resend == Resend.AtOnce ? SendAsync(planned, cancellation) : null;
        var answer = await SendAsync(planned, cancellation);
        var milliseconds = time.GetElapsedTime(intendedAt).TotalMilliseconds;
        if (withdrawing is not null)
        {
            (await withdrawing).Required("DELETE /products");
        }

        twin ??= planned.Resend == Resend.AfterTheAnswer ? SendAsync(planned, cancellation) : null;
        if (twin is not null)
        {
            CompareTwin(planned, answer, await twin);
        }

        if (Judge(planned, answer, milliseconds) is not { } id)
        {
            return null;
        }

        if (planned.Kind == OrderKind.Plain)
        {
            await ReadBackAsync(id, answer!, cancellation);
        }

        return FollowUp(planned, cancellation) is { } cancel ? () => cancel(id) : null;
    }

    // Whoever has placed an order and asks for it at once, sees it.
    private async Task ReadBackAsync(string orderId, Answer<OrderAccepted> placed, CancellationToken cancellation)
    {
        const string Rule = "read-your-writes";
        if (placed.Token is not { } token)
        {
            ledger.Violated(Rule, orderId, "the answer to the placing has no Consistency-Token");
            return;
        }

        var read = await Retrying.SendAsync(() => gateway.OrderAsync(orderId, token, cancellation), time, cancellation);
        ledger.ReadBack();
        if (read?.Value is not { } order || order.Version < placed.Value!.Version)
        {
            var found = read is null ? "no answer" : read.Value is { } old ? $"version {old.Version}" : $"{read.Status}: {read.Text}";
            ledger.Violated(Rule, orderId, $"read with token {token} right after placing it, expected version {placed.Value!.Version} or later, found {found}");
        }
    }

    private Task<Answer<OrderAccepted>?> SendAsync(PlannedOrder planned, CancellationToken cancellation) =>
        Retrying.SendAsync(() => gateway.PlaceAsync(planned.Order, planned.Key, cancellation), time, cancellation);

    private string? Judge(PlannedOrder planned, Answer<OrderAccepted>? answer, double milliseconds)
    {
        if (answer?.Value is { } accepted)
        {
            ledger.AcceptedOrder(planned, accepted.OrderId, milliseconds);
            return accepted.OrderId;
        }

        if (answer is { Status: 422 } && planned.Kind == OrderKind.WithdrawnSku)
        {
            ledger.Refused();
        }
        else if (answer is { Status: >= 400 and < 500 })
        {
            ledger.Violated("order-accepted", planned.Key, $"expected 202, answered {answer.Status}: {answer.Text}");
        }
        else
        {
            ledger.UnknownOutcome(
                "order-accepted", planned.Key,
                $"{Limits.AttemptsMax} attempts, the last was answered {(answer is null ? "not at all" : $"{answer.Status}: {answer.Text}")}");
        }

        return null;
    }

    private void CompareTwin(PlannedOrder planned, Answer<OrderAccepted>? one, Answer<OrderAccepted>? other)
    {
        // Of two that race with a withdrawal, one may be refused at the door; the key then holds the order of the
        // other.
        if (one?.Value is null || other?.Value is null)
        {
            return;
        }

        if (one.Value.OrderId != other.Value.OrderId)
        {
            ledger.Violated(
                "same-key-same-order", planned.Key,
                $"sent twice with one key, placed as {one.Value.OrderId} and as {other.Value.OrderId}");
        }
    }

    private Func<string, Task>? FollowUp(PlannedOrder planned, CancellationToken cancellation) => planned.Kind switch
    {
        OrderKind.CancelledAtOnce => id => CancelAsync(id, planned, cancellation),
        OrderKind.CancelledMeanwhile => async id =>
        {
            await Task.Delay(planned.CancelAfter, time, cancellation);
            await CancelAsync(id, planned, cancellation);
        },
        OrderKind.CancelledAfterConfirmation => async id =>
        {
            await AwaitConfirmationAsync(id, cancellation);
            await CancelAsync(id, planned, cancellation);
        },
        _ => null,
    };

    private async Task CancelAsync(string orderId, PlannedOrder planned, CancellationToken cancellation)
    {
        var answer = await Retrying.SendAsync(
            () => gateway.CancelAsync(orderId, planned.Key + "-cancel", cancellation), time, cancellation);
        if (answer?.Value is not null)
        {
            ledger.CancelAcknowledged(orderId);
        }
        else
        {
            ledger.UnknownOutcome(
                "cancel-accepted", orderId,
                answer is null ? "no answer" : $"expected 202, answered {answer.Status}: {answer.Text}");
        }
    }

    private async Task AwaitConfirmationAsync(string orderId, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < confirmation)
        {
            var answer = await Retrying.SendAsync(() => gateway.OrderAsync(orderId, cancellation), time, cancellation);
            if (answer?.Value is { Status: not OrderStatuses.Pending })
            {
                return;
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }
    }
}

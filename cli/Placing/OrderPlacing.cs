using Cli.Converging;
using Cli.Gateway;
using Contracts.Ordering;

namespace Cli.Placing;

/// <summary>Places one order under a trace of its own, and waits until the services agree on it.</summary>
internal sealed class OrderPlacing(GatewayClient gateway, TracePage traces, TimeProvider time)
{
    /// <summary>True where the collector took what this command had to say of the traces.</summary>
    public bool AreTracesTaken { get; private set; } = true;

    /// <summary>Places it, and waits at most <see cref="Limits.DemoConvergence"/>.</summary>
    /// <exception cref="GatewayException">It was refused.</exception>
    public async Task<PlacedOrder> PlaceAsync(PlaceOrder order, CancellationToken cancellation)
    {
        var span = new ClientSpan($"place {order.Pattern} order", time.GetUtcNow());
        var start = time.GetTimestamp();
        // The trace's id is new and the order's alone, and so is this request.
        var answer = await gateway.PlaceAsync(order, $"place-{span.TraceId}", cancellation, span.Traceparent);
        var took = time.GetElapsedTime(start);
        AreTracesTaken &= await span.ReportAsync(traces.Collector, took, answer.Value?.OrderId, cancellation);
        var accepted = answer.Required("POST /orders");
        var seen = await WaitAsync(accepted.OrderId, start, cancellation);
        return new PlacedOrder(
            order.Pattern!, accepted.OrderId, seen?.Status ?? accepted.Status, seen?.Detail ?? seen?.ReasonCode, IsSettled(seen),
            took.TotalMilliseconds, IsSettled(seen) ? SettledMs(seen!) : null, span.TraceId, traces.Of(span.TraceId));
    }

    // The view is some moments behind the services: it says "settled" late, never early, and when with the services' own times.
    private async Task<OrderViewDetails?> WaitAsync(string orderId, long start, CancellationToken cancellation)
    {
        while (true)
        {
            var answer = await gateway.OrderWithEffectsAsync(orderId, cancellation);
            if (IsSettled(answer.Value) || time.GetElapsedTime(start) >= Limits.DemoConvergence)
            {
                return answer.Value;
            }

            await Task.Delay(Limits.Poll, time, cancellation);
        }
    }

    private static bool IsSettled(OrderViewDetails? order) =>
        order is { Reservation: { } reservation, Invoice: { } invoice } && Settlement.IsSettled(order.Status, reservation.Status, invoice.Status);

    private static double SettledMs(OrderViewDetails order)
    {
        var last = new[] { order.ChangedAt, order.Reservation!.ChangedAt, order.Invoice!.ChangedAt }.Max();
        return Math.Max(0, (last - order.PlacedAt).TotalMilliseconds);
    }
}

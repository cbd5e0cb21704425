using Contracts;
using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Orders.Orchestrating;
using Tests.Simulation.Saga;

namespace Tests.Simulation;

/// <summary>
/// Goal: whichever way the saga leaves, all services agree, nothing is done twice and compensations run in reverse order.
/// Method: every step x every fault x a cancellation at every point, heard at once or late; one order each, all real but the engine, which
/// replays the workflow's code after every event.
/// </summary>
public sealed class SagaExitTests
{
    private static readonly string[] Steps =
    [
        nameof(ReserveStock), nameof(IssueInvoice), nameof(ConfirmOrder), nameof(CommitReservation),
        nameof(CancelOrder), nameof(VoidInvoice), nameof(ReleaseStock),
    ];

    /// <summary>A refusal is not a fault of the line but of the order: too many pieces, too much money.</summary>
    public enum Refusal
    {
        None,
        Stock,
        Credit,
    }

    public static TheoryData<string, Fault, Refusal> Exits
    {
        get
        {
            var exits = new TheoryData<string, Fault, Refusal>();
            foreach (var refusal in Enum.GetValues<Refusal>())
            {
                exits.Add("no step", Fault.None, refusal);
                foreach (var step in Steps.Where(s => IsReached(s, refusal)))
                {
                    foreach (var fault in Enum.GetValues<Fault>().Where(f => f != Fault.None))
                    {
                        exits.Add(step, fault, refusal);
                    }
                }
            }

            return exits;
        }
    }

    [Theory]
    [MemberData(nameof(Exits))]
    public async Task every_exit_leaves_the_services_in_agreement(string faultyStep, Fault fault, Refusal refusal)
    {
        await using var system = new SagaSystem();
        await system.Services.StockAsync(("plenty", 100, 90_000), ("dear", 60_000, 100));
        var cases = new List<Case>();
        foreach (var point in CancelPoint.All)
        {
            var lines = refusal switch { Refusal.Stock => ("plenty", 100_000L), Refusal.Credit => ("dear", 1L), _ => ("plenty", 2L) };
            var orderId = await system.PlaceAsync(point.ToString(), $"c{cases.Count}", lines);
            var one = new Case(orderId, point, faultyStep, fault, refusal);
            cases.Add(one);
            await RunAsync(system, one);
            Check(system, one);
        }

        system.Services.Audit().ShouldBeEmpty();
        foreach (var one in cases)
        {
            await system.Steps.RepeatLateAsync(one.OrderId);
        }

        system.Services.Audit().ShouldBeEmpty("late repetitions change nothing");
    }

    private static bool IsReached(string step, Refusal refusal) => refusal switch
    {
        Refusal.Stock => step is not (nameof(IssueInvoice) or nameof(ConfirmOrder) or nameof(CommitReservation)),
        Refusal.Credit => step is not (nameof(ConfirmOrder) or nameof(CommitReservation)),
        _ => true,
    };

    // The order's whole life: its workflow with the fault and the cancellation, then the end of the fault and what operators do.
    private static async Task RunAsync(SagaSystem system, Case one)
    {
        var (orderId, point, faultyStep, fault, _) = one;
        var cancelled = false;
        system.FaultOf = (order, step) => order == orderId && step == faultyStep && !IsOver(system, step) ? fault : Fault.None;
        system.Hook = async (order, step, hasActed) =>
        {
            if (!cancelled && order == orderId && step == point.Step && hasActed == point.HasActed)
            {
                cancelled = true;
                await system.Services.CancelAsync(orderId);
                if (point.IsToldAtOnce)
                {
                    // The workflow goes on while the step is still under way: what the step does now, it does late.
                    await system.SettleAsync();
                }
            }
        };
        if (point == CancelPoint.BeforeStart)
        {
            await system.Services.CancelAsync(orderId);
        }

        await system.SettleAsync();
        one.HadAttention = system.Order(orderId).Attention is not null;
        system.FaultOf = (_, _) => Fault.None;
        if (one.HadAttention)
        {
            await system.RetryAsync(orderId);
        }

        if (point == CancelPoint.AtTheEnd || system.Order(orderId).Status == OrderStatuses.Pending)
        {
            await system.Services.CancelAsync(orderId);
            one.IsCancelledLate = true;
        }

        await system.SettleAsync();
        one.IsCancelled = cancelled || one.IsCancelledLate || point == CancelPoint.BeforeStart;
    }

    // A database that Orders cannot write is waited for, for longer than one round of retries; anything else is given up.
    private static bool IsOver(SagaSystem system, string step) =>
        step == nameof(CancelOrder) && system.Attempts.Count(a => a == system.Attempts[^1]) > system.Settings.Decide.Attempts + 3;

    private static void Check(SagaSystem system, Case one)
    {
        var order = system.Order(one.OrderId);
        order.Status.ShouldBe(one.ExpectedStatus, $"{one}: {order.ReasonCode}");
        order.Attention.ShouldBeNull(one.ToString());
        if (one.ExpectedReason is { } reason)
        {
            order.ReasonCode.ShouldBe(reason, one.ToString());
        }

        var changes = system.Steps.Changes.Where(c => c.OrderId == one.OrderId).Select(c => c.To).ToList();
        changes.Distinct().Count().ShouldBe(changes.Count, $"{one}: a step acted twice: {string.Join(", ", changes)}");
        var (voided, released) = (changes.IndexOf(InvoiceStatuses.Voided), changes.IndexOf(ReservationStatuses.Released));
        if (voided >= 0 && released >= 0 && one.FaultyStep != nameof(VoidInvoice) && !one.StepMayCompleteLate)
        {
            voided.ShouldBeLessThan(released, $"{one}: compensations run in reverse order");
        }

        var mayNeedAttention = one.Fault is Fault.TimesOut or Fault.TimesOutAfterEffect
            && one.FaultyStep is nameof(CommitReservation) or nameof(VoidInvoice) or nameof(ReleaseStock);
        if (one.HadAttention)
        {
            mayNeedAttention.ShouldBeTrue($"{one} needed attention");
        }
        else if (mayNeedAttention && one.Point == CancelPoint.Never)
        {
            (one.FaultyStep == nameof(CommitReservation)).ShouldBe(one.ExpectedStatus == OrderStatuses.Cancelled, $"{one} needed no attention");
        }
    }

    private sealed record Case(string OrderId, CancelPoint Point, string FaultyStep, Fault Fault, Refusal Refusal)
    {
        private bool TimesOut => Fault is Fault.TimesOut or Fault.TimesOutAfterEffect;

        public bool HadAttention { get; set; }

        public bool IsCancelled { get; set; }

        public bool IsCancelledLate { get; set; }

        /// <summary>The step under way at the cancellation may act after the compensation that undoes it.</summary>
        public bool StepMayCompleteLate => Point is { IsToldAtOnce: true, HasActed: false };

        public string ExpectedStatus => IsCancelled || IsRefused ? OrderStatuses.Cancelled : OrderStatuses.Confirmed;

        /// <summary>The reason, where no cancellation competes with it.</summary>
        public string? ExpectedReason => IsCancelled
            ? null
            : (Refusal, FaultyStep) switch
            {
                (_, nameof(ReserveStock)) when TimesOut => ReasonCodes.StepFailed,
                (Refusal.Stock, _) => ReasonCodes.OutOfStock,
                (_, nameof(IssueInvoice)) when TimesOut => ReasonCodes.StepFailed,
                (Refusal.Credit, _) => ReasonCodes.CreditLimit,
                (_, nameof(ConfirmOrder)) when Fault == Fault.TimesOut => ReasonCodes.StepFailed,
                _ => null,
            };

        private bool IsRefused => Refusal != Refusal.None || (TimesOut && FaultyStep is nameof(ReserveStock) or nameof(IssueInvoice))
            || (FaultyStep == nameof(ConfirmOrder) && Fault == Fault.TimesOut);
    }

    /// <summary>When the customer cancels.</summary>
    private sealed record CancelPoint(string Step, bool HasActed, bool IsToldAtOnce)
    {
        public static readonly CancelPoint Never = new("never", false, false);

        public static readonly CancelPoint BeforeStart = new("before start", false, false);

        public static readonly CancelPoint AtTheEnd = new("at the end", false, false);

        public static IEnumerable<CancelPoint> All =>
        [
            Never, BeforeStart, AtTheEnd,
            .. from step in Steps
               from hasActed in new[] { false, true }
               from atOnce in new[] { false, true }
               select new CancelPoint(step, hasActed, atOnce),
        ];
    }
}

using Contracts.Invoicing;
using Contracts.Ordering;
using Contracts.Snapshots;
using Orders.Orchestrating;
using ServiceDefaults.Problems;
using Tests.Simulation.Saga;

namespace Tests.Simulation;

/// <summary>Orders that could not be brought to their end, and what operators do about them.</summary>
public sealed class SagaAttentionTests : IAsyncDisposable
{
    private readonly SagaSystem system = new();

    public ValueTask DisposeAsync() => system.DisposeAsync();

    [Fact]
    public async Task a_compensation_that_keeps_failing_is_visible_and_can_be_retried_again_and_again()
    {
        var orderId = await system.PlaceAsync(("dear", 1));
        system.FaultOf = (_, step) => step is nameof(ReleaseStock) or nameof(VoidInvoice) ? Fault.TimesOut : Fault.None;
        await system.SettleAsync();

        var attention = system.Order(orderId).Attention.ShouldNotBeNull();
        attention.Step.ShouldBe("VoidInvoice, ReleaseStock");
        attention.Reason.ShouldContain("ReleaseStock does not answer.");
        system.Services.Orders.Database.Read(Orders.Reading.OrderQueries.CountNeedingAttention).ShouldBe(1);
        system.Services.Audit().ShouldContain(v => v.Contains("nothing-needs-attention", StringComparison.Ordinal));

        await system.RetryAsync(orderId);
        await system.SettleAsync();
        system.Order(orderId).Attention!.Since.ShouldBe(attention.Since, "it is the same trouble");

        system.FaultOf = (_, _) => Fault.None;
        await system.Services.Orders.RestartAsync();
        await system.RetryAsync(orderId);
        await system.SettleAsync();
        system.Order(orderId).Attention.ShouldBeNull();
        system.Engine.Instances.Select(i => i.InstanceId).ShouldBe([orderId, $"{orderId}:settle:1", $"{orderId}:settle:2"]);
        system.Services.Audit().ShouldBeEmpty();
        await Should.ThrowAsync<RefusedException>(() => system.RetryAsync(orderId));
    }

    [Fact]
    public async Task two_retries_at_once_act_once_and_the_late_failure_of_one_does_not_undo_the_success_of_the_other()
    {
        var orderId = await system.PlaceAsync(("dear", 1));
        system.FaultOf = (_, step) => step == nameof(ReleaseStock) ? Fault.TimesOut : Fault.None;
        await system.SettleAsync();
        await system.RetryAsync(orderId);
        await system.RetryAsync(orderId);

        // Only the second attempt succeeds: whoever makes the first one goes on failing until its retries are used up.
        var attempts = 0;
        system.FaultOf = (_, step) => step == nameof(ReleaseStock) && attempts++ != 1 ? Fault.TimesOut : Fault.None;
        await system.SettleAsync();

        system.Attempts.Count(a => a.Step == nameof(NeedAttention)).ShouldBe(2, "one of the first workflow, one of the late failure");

        system.Order(orderId).Attention.ShouldBeNull();
        system.Services.Audit().ShouldBeEmpty();
        system.Steps.Changes.Count(c => c.To == ReservationStatuses.Released).ShouldBe(1);
    }

    [Fact]
    public async Task an_order_without_trouble_is_not_to_be_retried()
    {
        var orderId = await system.PlaceAsync();
        (await Should.ThrowAsync<RefusedException>(() => system.RetryAsync(orderId))).Status.ShouldBe(409);
        (await Should.ThrowAsync<RefusedException>(() => system.RetryAsync("unknown"))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task a_decided_order_whose_workflow_was_ended_by_force_can_be_retried()
    {
        var orderId = await system.PlaceAsync(("dear", 1));
        system.Hook = (_, step, hasActed) =>
        {
            if (step == nameof(CancelOrder) && hasActed)
            {
                system.Engine.Terminate(orderId);
            }

            return Task.CompletedTask;
        };
        await system.SettleAsync();
        system.Services.Audit().ShouldNotBeEmpty();

        await system.RetryAsync(orderId);
        await system.SettleAsync();

        system.Services.Audit().ShouldBeEmpty();
        (await Should.ThrowAsync<RefusedException>(() => system.RetryAsync(orderId))).Status.ShouldBe(409, "now it is settled");
    }

    [Fact]
    public async Task a_cancellation_after_confirmation_whose_workflow_was_ended_by_force_can_be_retried()
    {
        var orderId = await system.PlaceAsync();
        await system.SettleAsync();
        await system.Services.CancelAsync(orderId);
        system.Hook = (_, step, hasActed) =>
        {
            if (step == nameof(ReadDecision) && hasActed)
            {
                system.Engine.Terminate($"{orderId}:settle:1");
            }

            return Task.CompletedTask;
        };
        await system.SettleAsync();
        system.Services.Audit().ShouldNotBeEmpty();
        system.Hook = (_, _, _) => Task.CompletedTask;

        await system.RetryAsync(orderId);
        await system.SettleAsync();

        system.Services.Audit().ShouldBeEmpty();
        system.Engine.Instances.Select(i => i.InstanceId).ShouldBe([orderId, $"{orderId}:settle:1", $"{orderId}:settle:2"]);
    }

    [Theory]
    [InlineData(nameof(ReserveStock))]
    [InlineData(nameof(IssueInvoice))]
    public async Task a_pending_order_whose_workflow_is_lost_can_be_retried_and_goes_on_where_it_stood(string lastStep)
    {
        var orderId = await system.PlaceAsync();
        system.Hook = (_, step, hasActed) =>
        {
            if (step == lastStep && hasActed)
            {
                system.Engine.Forget();
            }

            return Task.CompletedTask;
        };
        await system.SettleAsync();
        system.Order(orderId).Status.ShouldBe(OrderStatuses.Pending);
        system.Hook = (_, _, _) => Task.CompletedTask;

        await system.RetryAsync(orderId);
        await system.SettleAsync();

        system.Order(orderId).Status.ShouldBe(OrderStatuses.Confirmed);
        system.Steps.Changes.Select(c => c.To)
            .ShouldBe([ReservationStatuses.Reserved, InvoiceStatuses.Issued, ReservationStatuses.Shipped], "each step acts once");
        system.Services.Audit().ShouldBeEmpty();
    }

    [Fact]
    public async Task an_order_whose_workflow_is_at_work_is_not_to_be_retried()
    {
        var orderId = await system.PlaceAsync();
        await system.RelayAsync();

        (await Should.ThrowAsync<RefusedException>(() => system.RetryAsync(orderId))).Status.ShouldBe(409);
    }

    [Fact]
    public async Task a_confirmed_order_whose_reservation_is_lost_needs_attention()
    {
        var orderId = await system.PlaceAsync();
        system.Hook = async (_, step, hasActed) =>
        {
            if (step == nameof(ConfirmOrder) && hasActed)
            {
                await system.Services.Inventory.Writes.ExecuteAsync(work => work.Db.Reservations.Remove(work.Db.FindReservation(orderId)!));
            }
        };
        await system.SettleAsync();

        system.Order(orderId).Attention!.Step.ShouldBe(nameof(CommitReservation));
        system.Order(orderId).Attention!.Reason.ShouldContain("404");
    }
}

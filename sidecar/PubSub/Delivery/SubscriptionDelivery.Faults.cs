using Sidecar.Faults;

namespace Sidecar.PubSub.Delivery;

// Fault injection: only where a test's flags ask for it.
internal sealed partial class SubscriptionDelivery
{
    private async Task DeliverWithFaultsAsync(List<DeliveryItem> items)
    {
        List<DeliveryItem> now = [], copiesNow = [], copiesAfter = [];
        foreach (var item in items)
        {
            var fault = _runtime.Faults.NextDelivery();
            if (fault.Drop)
            {
                item.Settle(done: true);
                continue;
            }
            switch (fault.Duplication)
            {
                case Duplication.AtOnce: copiesNow.Add(item.Copy()); break;
                case Duplication.After: copiesAfter.Add(item.Copy()); break;
            }
            if (fault.Delay > TimeSpan.Zero)
            {
                _ = DeliverLateAsync(item, fault);
            }
            else
            {
                now.Add(item);
            }
        }
        await Task.WhenAll(DeliverAsync(now), DeliverEachAsync(copiesNow));
        await DeliverEachAsync(copiesAfter);
    }

    // It stays unsettled meanwhile, so that a kill does not lose it.
    private async Task DeliverLateAsync(DeliveryItem item, DeliveryFault fault)
    {
        if (fault.Overtaken)
        {
            item.LetPass();
        }
        try
        {
            await WaitAsync(fault.Delay);
            await WhenReadyAsync();
            await DeliverAsync([item]);
        }
        catch (OperationCanceledException)
        {
            item.Settle(done: false);
        }
        // The edge: nobody awaits this, and a message that is never settled holds its subscription.
        catch (Exception exception)
        {
            LogRunFailed(exception);
            item.Settle(done: false);
        }
    }

    private Task DeliverEachAsync(List<DeliveryItem> copies) =>
        Task.WhenAll(copies.Select(copy => DeliverAsync([copy])));
}
